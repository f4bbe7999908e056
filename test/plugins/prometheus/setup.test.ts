import { expect } from 'chai'
import { buildEndpoints } from '../../support/endpoints.ts'
import { testSetup, wrongCount } from '../../support/setup.ts'

describe('prometheus: setup', () => {
  testSetup([
    { text: 'prometheus' },
    { text: 'prometheus :9153' },
    { text: 'prometheus {\nruntime_metrics\n}' },
    { text: 'prometheus localhost:9153 {\ntls web.yml\n}' },
    { text: 'prometheus a:1 b:2', error: wrongCount('b:2') },
    { text: 'prometheus 9153', error: 'address 9153: missing port in address' },
    { text: 'prometheus {\nruntime\n}', line: 4, error: 'unknown option: runtime' },
    { text: 'prometheus {\nruntime_metrics on\n}', line: 4, error: wrongCount('on') },
    { text: 'prometheus {\ntls\n}', line: 4, error: wrongCount('tls') },
    { text: 'prometheus {\ntls a b\n}', line: 4, error: wrongCount('b') },
    { text: 'prometheus {\ntls a\ntls b\n}', line: 5, error: 'tls block already specified' },
    { text: 'prometheus\nprometheus', line: 4, error: 'this plugin can only be used once per Server Block' },
  ])

  const cases = [
    { text: 'prometheus', endpoint: { address: { host: 'localhost', port: 9153 } } },
    { text: 'prometheus :9999', endpoint: { address: { host: '', port: 9999 } } },
    {
      text: 'prometheus {\ntls w.yml\n}',
      endpoint: { address: { host: 'localhost', port: 9153 }, webConfig: 'w.yml' },
    },
  ]
  for (const { text, endpoint } of cases) {
    it(`tells at: ${text.replaceAll('\n', ' ; ')}`, () => {
      expect(buildEndpoints(`. {\n${text}\nwhoami\n}\n`)).to.deep.equal([{ kind: 'metrics', ...endpoint }])
    })
  }
})
