import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { testSection } from './run.ts'
import { section2 } from './section-2.ts'
import { section3 } from './section-3.ts'
import { section4 } from './section-4.ts'
import { section5 } from './section-5.ts'
import { section6 } from './section-6.ts'
import { section7 } from './section-7.ts'
import { section8 } from './section-8.ts'
import { section9 } from './section-9.ts'
import { section10 } from './section-10.ts'
import { section11 } from './section-11.ts'
import { section12 } from './section-12.ts'
import { section13 } from './section-13.ts'
import { section14 } from './section-14.ts'
import { section15 } from './section-15.ts'
import { section16 } from './section-16.ts'
import { section17 } from './section-17.ts'
import { section18 } from './section-18.ts'
import { section19 } from './section-19.ts'
import { section20 } from './section-20.ts'
import { section21 } from './section-21.ts'
import { section22 } from './section-22.ts'

const all = [
  section2,
  section3,
  section4,
  section5,
  section6,
  section7,
  section8,
  section9,
  section10,
  section11,
  section12,
  section13,
  section14,
  section15,
  section16,
  section17,
  section18,
  section19,
  section20,
  section21,
  section22,
]

for (const section of all) testSection(section)

/** The sections of the specification page that are about answers, and how many items each has. */
const items: Readonly<Record<string, number>> = {
  2: 6,
  3: 6,
  4: 5,
  5: 8,
  6: 11,
  7: 10,
  8: 4,
  9: 5,
  10: 7,
  11: 7,
  12: 5,
  13: 8,
  14: 6,
  15: 7,
  16: 3,
  17: 2,
  18: 4,
  19: 2,
  20: 8,
  21: 3,
  22: 6,
}

/** Items that no query shows. */
const elsewhere: readonly string[] = [
  '2.6', // the order of plugins: test/plugins/order.test.ts
  // How an API server is watched: section-13-live.test.ts.
  ...['13.1', '13.2', '13.3', '13.4', '13.6', '13.7', '13.8'],
  // Errors on the way, and configuration: the tests of autopath and k8s_external.
  ...['18.4', '20.1'],
  // Metrics of requests to an API server: test/cluster/live.
  ...['21.1', '21.2'],
]

describe('specification: the tables', () => {
  const cases = all.flatMap(({ groups }) => groups.flatMap(({ rows = [], checks = [] }) => [...rows, ...checks]))

  it('have rows for every item of every section', () => {
    const expected = Object.entries(items).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, index) => `${section}.${index + 1}`),
    )
    const have = new Set(cases.map(({ at }) => at))
    expect(expected.filter((at) => !have.has(at) && !elsewhere.includes(at))).to.deep.equal([])
  })

  it('cite rows of docs/differences.md that are there', () => {
    const page = readFileSync(new URL('../../docs/differences.md', import.meta.url), 'utf8')
    const cited = new Set(cases.flatMap(({ differs }) => differs ?? []))
    expect([...cited].filter((start) => !page.includes(`\n| ${start}`))).to.deep.equal([])
  })
})
