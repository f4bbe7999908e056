import { expect } from 'chai'
import { buildDirectives, configurationErrorsOf } from '../../support/settings.ts'
import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

const cases: readonly SetupCase[] = [
  { text: 'shed' },
  { text: 'shed {\n}' },
  { text: 'shed 5', error: wrongCount('5') },
  { text: 'shed {\ndepth 5\n}', line: 4, error: 'shed takes no options' },
  { text: 'shed\nshed', line: 4, error: 'this plugin can only be used once per Server Block' },
]

describe('plugin shed: setup', () => {
  testSetup(cases)

  it('is for plain DNS only', () => {
    expect(configurationErrorsOf('tls://example.org {\nshed\n}\n')).to.include(
      'plugin/shed: Corefile:2 - Error during parsing: only plain DNS server blocks are supported; "tls://example.org.:853" uses transport "tls"',
    )
  })

  it('says that it has no effect', () => {
    expect(buildDirectives('shed').lines).to.deep.equal([
      '[INFO] plugin/shed: without effect: what comes faster than it can be answered waits, or is dropped, in the system',
    ])
  })
})
