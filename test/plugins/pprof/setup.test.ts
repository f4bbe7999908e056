import { expect } from 'chai'
import { buildDirectives } from '../../support/settings.ts'
import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

const cases: readonly SetupCase[] = [
  { text: 'pprof' },
  { text: 'pprof :6060' },
  { text: 'pprof localhost:6060 {\nblock\n}' },
  { text: 'pprof {\nblock 5\n}' },
  { text: 'pprof 6060', error: 'address 6060: missing port in address' },
  { text: 'pprof :1 :2', error: wrongCount(':2') },
  { text: 'pprof {\nblock 1 2\n}', line: 4, error: wrongCount('2') },
  { text: 'pprof {\nblock all\n}', line: 4, error: "property 'block' invalid integer value 'all'" },
  { text: 'pprof {\nmutex\n}', line: 4, error: "unknown property 'mutex'" },
  { text: 'pprof\npprof', line: 4, error: 'this plugin can only be used once per Server Block' },
]

describe('plugin pprof: setup', () => {
  testSetup(cases)

  it('says that it has no effect', () => {
    expect(buildDirectives('pprof').lines).to.deep.equal([
      '[INFO] plugin/pprof: without effect: its profiles are those of Go programs; run node with --cpu-prof or --inspect',
    ])
  })
})
