import { expect } from 'chai'
import { buildDirectives } from '../../support/settings.ts'
import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

const range = (given: string) => `timeout provided '${given}' needs to be between 1 second and 24 hours`
const count = (given: string) => `maxtcpqueries provided '${given}' needs to be -1 (unlimited) or a positive integer`

const cases: readonly SetupCase[] = [
  { text: 'timeouts {\nread 1s\nwrite 24h\nidle 60\nmaxtcpqueries 128\n}' },
  { text: 'timeouts {\nmaxtcpqueries -1\n}' },
  { text: 'timeouts', error: 'timeouts block with no timeouts specified' },
  { text: 'timeouts {\n}', error: 'timeouts block with no timeouts specified' },
  { text: 'timeouts 5s', error: wrongCount('5s') },
  { text: 'timeouts {\nread\n}', line: 4, error: wrongCount('read') },
  { text: 'timeouts {\nread 1s 2s\n}', line: 4, error: wrongCount('2s') },
  { text: 'timeouts {\nread soon\n}', line: 4, error: "failed to parse duration 'soon'" },
  { text: 'timeouts {\nread 999ms\n}', line: 4, error: range('999ms') },
  { text: 'timeouts {\nwrite 0\n}', line: 4, error: range('0s') },
  { text: 'timeouts {\nidle -5\n}', line: 4, error: range('-5s') },
  { text: 'timeouts {\nidle 24h1s\n}', line: 4, error: range('24h0m1s') },
  { text: 'timeouts {\nmaxtcpqueries 0\n}', line: 4, error: count('0') },
  { text: 'timeouts {\nmaxtcpqueries -2\n}', line: 4, error: count('-2') },
  {
    text: 'timeouts {\nmaxtcpqueries many\n}',
    line: 4,
    error: `invalid value for maxtcpqueries 'many': strconv.Atoi: parsing "many": invalid syntax`,
  },
  { text: 'timeouts {\nclose 5s\n}', line: 4, error: "unknown option: 'close'" },
  { text: 'timeouts {\nclose now\n}', line: 4, error: "failed to parse duration 'now'" },
]

describe('plugin timeouts: setup', () => {
  testSetup(cases)

  for (const { text, tcp } of [
    {
      text: 'timeouts {\nread 2s\nwrite 1m\nidle 90\nmaxtcpqueries 7\n}',
      tcp: { readTimeoutMs: 2_000, writeTimeoutMs: 60_000, idleTimeoutMs: 90_000, maxQueries: 7 },
    },
    { text: 'timeouts {\nmaxtcpqueries -1\n}', tcp: { maxQueries: Number.POSITIVE_INFINITY } },
    {
      text: 'timeouts {\nread 2s\nread 3s\n}\ntimeouts {\nidle 4s\n}',
      tcp: { readTimeoutMs: 3_000, idleTimeoutMs: 4_000 },
    },
  ]) {
    it(`sets ${JSON.stringify(tcp)}`, () => expect(buildDirectives(text).settings).to.deep.equal({ tcp }))
  }
})
