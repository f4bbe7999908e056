import { expect } from 'chai'
import { buildEndpoints } from '../../support/endpoints.ts'
import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

/** `health` as it stands in line 3 of a Corefile, and what is thrown; undefined: it is good. */
const cases: readonly SetupCase[] = [
  { text: 'health' },
  { text: 'health {\n}' },
  { text: 'health localhost:1234' },
  { text: 'health [::1]:0' },
  { text: 'health localhost:1234 {\nlameduck 4s\n}' },
  { text: 'health\nhealth :8081 {\nlameduck 0\n}' },
  { text: 'health {\nlameduck -4s\n}' },
  { text: 'health bla', error: 'address bla: missing port in address' },
  { text: 'health 8080', error: 'address 8080: missing port in address' },
  { text: 'health ::1:80', error: 'address ::1:80: too many colons in address' },
  { text: 'health bla:a', error: 'lookup tcp/a: unknown port, expected a number' },
  { text: 'health :65536', error: 'address 65536: invalid port' },
  { text: 'health bla bla', error: wrongCount('bla') },
  { text: 'health\nhealth bla', line: 4, error: 'address bla: missing port in address' },
  { text: 'health {\nlameduck\n}', line: 4, error: wrongCount('lameduck') },
  { text: 'health {\nlameduck 4s 5s\n}', line: 4, error: wrongCount('5s') },
  {
    text: 'health {\nlameduck a\n}',
    line: 4,
    error: 'unable to parse lameduck duration value: \'a\' : time: invalid duration "a"',
  },
  {
    text: 'health {\nlameduck 5\n}',
    line: 4,
    error: 'unable to parse lameduck duration value: \'5\' : time: missing unit in duration "5"',
  },
  { text: 'health {\nlamedudk 4\n}', line: 4, error: "unknown property 'lamedudk', did you mean 'lameduck'?" },
]

/** What it becomes. */
const endpoints: Readonly<Record<string, object>> = {
  health: { address: { host: '', port: 8080 }, lameduckMs: 0 },
  'health {\nlameduck 5s\n}': { address: { host: '', port: 8080 }, lameduckMs: 5000 },
  'health {\nlameduck 1m\nlameduck 2ms\n}': { address: { host: '', port: 8080 }, lameduckMs: 2 },
  'health {\nlameduck -5s\n}': { address: { host: '', port: 8080 }, lameduckMs: 0 },
  'health 0.0.0.0:80': { address: { host: '0.0.0.0', port: 80 }, lameduckMs: 0 },
  'health :1 {\nlameduck 1s\n}\nhealth :2\nhealth': { address: { host: '', port: 2 }, lameduckMs: 1000 },
}

describe('health: setup', () => {
  testSetup(cases)

  for (const [text, expected] of Object.entries(endpoints)) {
    it(`what it becomes: ${text.replaceAll('\n', ' ; ')}`, () => {
      expect(buildEndpoints(`. {\n${text}\n}\n`)).to.deep.equal([{ kind: 'health', ...expected }])
    })
  }
})
