import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { errorCodes } from '../../src/util/errors.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8')

describe('docs/errors.md', () => {
  it('explains every error code, in the order of the source, and no other', () => {
    const headings = [...page.matchAll(/^## (.*)$/gm)].map((match) => match[1])
    expect(headings).to.deep.equal([...errorCodes])
  })

  it('says of each what it means and what to do', () => {
    for (const section of page.split(/^## /m).slice(1)) {
      expect(section, section).to.match(/^\*\*What to do\.\*\* /m)
    }
  })

  it('lists the codes in alphabetical order', () => {
    expect([...errorCodes].sort()).to.deep.equal([...errorCodes])
  })
})
