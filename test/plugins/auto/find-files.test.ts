import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { autoDefaults } from '../../../src/plugins/auto/config.ts'
import { findZoneFiles } from '../../../src/plugins/auto/find-files.ts'
import { diskFiles } from '../../../src/server/files.ts'

describe('auto: zone files on disk', () => {
  let folder = ''
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'cluster-dns-auto-')))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const write = (...paths: readonly string[]) => {
    for (const path of paths) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), '')
    }
  }
  const link = (target: string, path: string) => symlinkSync(target, join(folder, path))
  const find = (below = '.') => {
    const { zones, problems } = findZoneFiles({ within: [], folder: join(folder, below), ...autoDefaults }, diskFiles)
    const relative = (text: string) => text.replaceAll(`${folder}/`, '').replaceAll(folder, '.')
    return {
      zones: [...zones].map(([origin, path]) => `${origin} ${relative(path)}`),
      problems: problems.map(relative),
    }
  }

  it('are those whose names match, in all folders below', () => {
    write('db.b', 'db.a', 'x/db.c', 'x/y/db.d.', 'a.zone', 'db.E/db.f')
    const zones = ['f. db.E/db.f', 'a. db.a', 'b. db.b', 'c. x/db.c', 'd. x/y/db.d.']
    expect(find()).to.deep.equal({ zones, problems: [] })
  })

  it('have their zones in lower case', () => {
    write('db.Example.ORG')
    expect(find().zones).to.deep.equal(['example.org. db.Example.ORG'])
  })

  it('the first of a zone has it, and the others are told', () => {
    write('db.a', 'x/db.a', 'x/db.A.')
    expect(find()).to.deep.equal({
      zones: ['a. db.a'],
      problems: [
        'Multiple zone files match origin "a.": using "db.a" instead of "x/db.A."',
        'Multiple zone files match origin "a.": using "db.a" instead of "x/db.a"',
      ],
    })
  })

  it('a link to a file is one, a link to a folder is not followed', () => {
    write('real/one', 'other/db.b')
    link('real/one', 'db.a')
    link('other', 'linked')
    expect(find()).to.deep.equal({ zones: ['a. db.a', 'b. other/db.b'], problems: [] })
  })

  it('a link that leads back does no harm, one that leads nowhere is told when it is read', () => {
    write('x/db.a')
    link('..', 'x/up')
    link('gone', 'db.b')
    expect(find().zones).to.deep.equal(['b. db.b', 'a. x/db.a'])
  })

  it('the folder itself may be a link', () => {
    write('real/db.a')
    link('real', 'zones')
    expect(find('zones').zones).to.deep.equal(['a. real/db.a'])
  })

  it('a ConfigMap volume has each file once, also once it has changed', () => {
    write('..2026_01_01/db.a', '..2026_01_01/db.b')
    link('..2026_01_01', '..data')
    link('..data/db.a', 'db.a')
    link('..data/db.b', 'db.b')
    expect(find()).to.deep.equal({ zones: ['a. ..2026_01_01/db.a', 'b. ..2026_01_01/db.b'], problems: [] })
    write('..2026_02_02/db.a')
    link('..2026_02_02', '..data_tmp')
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    rmSync(join(folder, 'db.b'))
    rmSync(join(folder, '..2026_01_01'), { recursive: true })
    expect(find()).to.deep.equal({ zones: ['a. ..2026_02_02/db.a'], problems: [] })
  })

  it('a folder that is missing is told', () => {
    expect(find('gone')).to.deep.equal({
      zones: [],
      problems: ['error reading gone: lstat gone: no such file or directory'],
    })
  })

  it('a file in place of the folder is told', () => {
    write('db.a')
    expect(find('db.a').problems).to.have.lengthOf(1)
  })
})
