import { expect } from 'chai'
import { buildDirectives } from '../../support/settings.ts'
import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

const cases: readonly SetupCase[] = [
  { text: 'debug' },
  { text: 'debug\ndebug' },
  { text: 'debug on', error: wrongCount('on') },
  { text: 'debug {\nall\n}', error: "Unexpected token '{', expecting argument" },
  { text: 'debug {\n}', error: "Unexpected token '{', expecting argument" },
]

describe('plugin debug: setup', () => {
  testSetup(cases)

  it('is set only where it stands', () => {
    expect(buildDirectives('debug').settings).to.deep.equal({ debug: true })
    expect(buildDirectives('errors').settings).to.deep.equal({})
  })
})
