import { expect } from 'chai'
import { buildDirectives } from '../../support/settings.ts'
import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

const cases: readonly SetupCase[] = [
  { text: 'cancel' },
  { text: 'cancel 1s' },
  { text: 'cancel\ncancel 2s' },
  { text: 'cancel 5', error: 'invalid duration: "5"' },
  { text: 'cancel 0', error: 'invalid negative duration: "0"' },
  { text: 'cancel -1s', error: 'invalid negative duration: "-1s"' },
  { text: 'cancel 1s 2s', error: wrongCount('2s') },
  { text: 'cancel {\nafter 1s\n}', line: 4, error: "unknown property 'after'" },
]

describe('plugin cancel: setup', () => {
  testSetup(cases)

  it('says that it has no effect', () => {
    expect(buildDirectives('cancel').lines).to.deep.equal([
      '[INFO] plugin/cancel: without effect: every plugin that waits has a limit of its own',
    ])
  })
})
