import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { CorefileError } from '../../src/corefile/errors.ts'
import { fileIo } from '../../src/corefile/io.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { outline } from './outline.ts'

describe('corefile: fileIo', () => {
  let directory: string
  let warnings: string[]
  const parse = (text: string) =>
    parseCorefile(
      text,
      join(directory, 'Corefile'),
      fileIo((line) => warnings.push(line)),
    )

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'corefile-'))
    mkdirSync(join(directory, 'custom'))
    writeFileSync(join(directory, 'custom/b.override'), '\ufefflog\n')
    writeFileSync(join(directory, 'custom/a.override'), 'errors\r\n')
  })
  after(() => rmSync(directory, { recursive: true }))
  beforeEach(() => {
    warnings = []
  })

  it('imports files of the disk', () => {
    expect(outline(parse('. {\n import custom/*.override\n}'))).to.deep.equal(['dns://.:53 { errors; log }'])
  })

  it('finds nothing in a directory that is not there', () => {
    parse('import none/*.server')
    expect(warnings).to.deep.equal(['No files matching import glob pattern: none/*.server'])
  })

  it('tells a missing file from a directory', () => {
    expect(() => parse('import none')).to.throw(CorefileError, 'File to import not found: none')
    expect(() => parse('import custom')).to.throw(CorefileError, `Could not import ${directory}/custom: is a directory`)
  })

  it("reads this process's environment", () => {
    expect(fileIo(() => {}).env('PATH')).to.equal(process.env.PATH)
    expect(fileIo(() => {}).env('CLUSTER_DNS_IS_NOT_SET')).to.equal(undefined)
  })
})
