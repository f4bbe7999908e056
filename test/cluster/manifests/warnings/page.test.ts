import { expect } from 'chai'
import { loadManifests } from '../../../../src/cluster/manifests/read.ts'
import { warningCodes } from '../../../../src/cluster/manifests/warnings/find.ts'
import { formatWarning } from '../../../../src/cluster/manifests/warnings/finding.ts'
import { blocksOf, readPage } from '../../../documentation/pages.ts'

const page = readPage('docs/warnings.md')
const sections = page.text.split(/^## /m).slice(1)

describe('docs/warnings.md', () => {
  it('explains every code, in the order of the source, and no other', () => {
    expect(sections.map((section) => section.split('\n')[0])).to.deep.equal([...warningCodes])
  })

  it('lists the codes in alphabetical order', () => {
    expect([...warningCodes].sort()).to.deep.equal([...warningCodes])
  })

  for (const section of sections) {
    const [code = ''] = section.split('\n')

    it(`says what resolves, what to do, and by which rule: ${code}`, () => {
      const headings = [...section.matchAll(/^\*\*(.*)\.\*\*/gm)].map(([, heading]) => heading)
      expect(headings).to.deep.equal(['What resolves', 'What to do', 'The rule'])
    })

    it(`shows an example, and what is told of it: ${code}`, () => {
      const [manifest, told] = blocksOf({ path: page.path, text: section })
      const { problems, warnings } = loadManifests([{ file: 'example.yaml', text: `${manifest?.text}\n` }])
      expect(problems).to.deep.equal([])
      expect(warnings.map(({ code: found }) => found)).to.include(code)
      expect(warnings.map(formatWarning)).to.deep.equal(told?.text.split('\n'))
    })
  }
})
