import { expect } from 'chai'
import { buildDirectives } from '../../support/settings.ts'
import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

const cases: readonly SetupCase[] = [
  { text: 'multisocket' },
  { text: 'multisocket 1' },
  { text: 'multisocket 1024' },
  { text: 'multisocket 1025', error: 'num sockets exceeds maximum (1024): 1025' },
  { text: 'multisocket 0', error: 'num sockets can not be zero or negative: 0' },
  { text: 'multisocket -1', error: 'num sockets can not be zero or negative: -1' },
  { text: 'multisocket all', error: 'invalid num sockets: strconv.Atoi: parsing "all": invalid syntax' },
  { text: 'multisocket 1 2', error: wrongCount('2') },
  { text: 'multisocket\nmultisocket', line: 4, error: wrongCount('multisocket') },
  { text: 'multisocket {\nsockets 2\n}', error: "Unexpected token '{', expecting argument" },
  { text: 'multisocket 2 {\n}', error: "Unexpected token '{', expecting argument" },
]

describe('plugin multisocket: setup', () => {
  testSetup(cases)

  it('says that it has no effect', () => {
    expect(buildDirectives('multisocket 4').lines).to.deep.equal([
      '[INFO] plugin/multisocket: without effect: each address has one socket, which one thread reads in batches',
    ])
  })
})
