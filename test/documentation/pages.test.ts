import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { main } from '../../src/cli/main.ts'
import { formatProblem } from '../../src/cluster/manifests/errors.ts'
import { loadManifests } from '../../src/cluster/manifests/read.ts'
import { testIo } from '../support/cli-io.ts'
import { anchorsOf, blocksOf, documentationPages, proseOf, readPage } from './pages.ts'

const root = join(import.meta.dirname, '../..')
const pages = documentationPages()

describe('the documentation', () => {
  for (const { path, text } of pages) {
    it(`has no link to a file that is not there: ${path}`, () => {
      const links = [...proseOf(text).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target)
      const missing = links.filter((target) => !existsSync(join(root, dirname(path), target)))
      expect(missing).to.deep.equal([])
    })

    it(`has no link to a heading that is not there: ${path}`, () => {
      const links = [...proseOf(text).matchAll(/\]\(([^)#:]*)#([^)]*)\)/g)]
      const missing = links.filter(([, target = '', anchor = '']) => {
        const file = target === '' ? path : join(dirname(path), target)
        return file.endsWith('.md') && !anchorsOf(readPage(file)).includes(anchor)
      })
      expect(missing.map(([link]) => link)).to.deep.equal([])
    })
  }

  it('tells each difference from CoreDNS once', () => {
    const rows = readPage('docs/differences.md').text.matchAll(/^\|([^|]*\|[^|]*)\|/gm)
    const told = [...rows].map(([, row = '']) => row).filter((row) => !/^[- |]*$|^ what \|/.test(row))
    expect(told.filter((row, index) => told.indexOf(row) !== index)).to.deep.equal([])
  })

  it('has a reason, and both sides, for every difference from CoreDNS', () => {
    const rows = readPage('docs/differences.md')
      .text.split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split('|').slice(1, -1))
    expect(rows).to.have.length.of.at.least(30)
    expect(rows.filter((cells) => cells.length < 3 || cells.some((cell) => cell.trim() === ''))).to.deep.equal([])
  })

  for (const { path, text } of pages.filter((page) => page.path.startsWith('src/plugins/'))) {
    it(`has a plugin's sections in the order of a manual page: ${path}`, () => {
      const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
      const expected = ['Name', 'Description', 'Syntax', 'Metrics', 'Ready', 'Examples', 'Differences from CoreDNS']
      expect(headings).to.deep.equal(expected)
    })
  }

  it('lists names as the program does', async () => {
    const { io, out: names } = testIo()
    await main(['names', '-f', join(root, 'fixtures/shop')], io)

    const shown = pages.flatMap(blocksOf).filter(({ language }) => language === 'zone')
    expect(shown).to.have.length.of.at.least(1)
    for (const { path, line, text } of shown) {
      for (const record of text.split('\n')) expect(names, `${path}:${line}`).to.include(record)
    }
  })

  it('tells errors of manifests as the program does', () => {
    const blocks = blocksOf(readPage('docs/manifests.md'))
    const [yaml] = blocks.filter(({ language }) => language === 'yaml')
    const [text] = blocks.filter(({ language }) => language === 'text')
    const { problems } = loadManifests([{ file: 'bad.yaml', text: `${yaml?.text}\n` }])
    expect([...problems.map(formatProblem), `${problems.length} errors`]).to.deep.equal(text?.text.split('\n'))
  })
})
