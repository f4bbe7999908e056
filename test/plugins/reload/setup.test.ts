import { expect } from 'chai'
import { buildDirectives } from '../../support/settings.ts'
import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

const cases: readonly SetupCase[] = [
  { text: 'reload' },
  { text: 'reload 2s' },
  { text: 'reload 30s 1s' },
  { text: 'reload 30s 0s' },
  { text: 'reload 1s', error: 'interval value must be greater or equal to 2s' },
  { text: 'reload 30', error: 'time: missing unit in duration "30"' },
  { text: 'reload often', error: 'time: invalid duration "often"' },
  { text: 'reload 30s 999ms', error: 'jitter value must be 0 or greater or equal to 1s' },
  { text: 'reload 30s -1s', error: 'jitter value must be 0 or greater or equal to 1s' },
  { text: 'reload 30s much', error: 'time: invalid duration "much"' },
  { text: 'reload 30s 15s 1s', error: wrongCount('1s') },
  { text: 'reload {\njitter 1s\n}', line: 4, error: "unknown property 'jitter'" },
]

describe('plugin reload: setup', () => {
  testSetup(cases)

  for (const { text, intervalMs, jitterMs } of [
    { text: 'reload', intervalMs: 30_000, jitterMs: 15_000 },
    { text: 'reload 10s', intervalMs: 10_000, jitterMs: 5_000 },
    { text: 'reload 1m', intervalMs: 60_000, jitterMs: 15_000 },
    { text: 'reload 1m 20s', intervalMs: 60_000, jitterMs: 20_000 },
    { text: 'reload 10s 1h', intervalMs: 10_000, jitterMs: 5_000 },
    { text: 'reload 2s 0', intervalMs: 2_000, jitterMs: 0 },
    { text: 'reload 3s 0\nreload 2s', intervalMs: 3_000, jitterMs: 0 },
  ]) {
    it(`${text.replace('\n', ' ; ')}: every ${intervalMs} ms, within ${jitterMs} ms`, () => {
      expect(buildDirectives(text).settings).to.deep.equal({ reload: { intervalMs, jitterMs } })
    })
  }
})
