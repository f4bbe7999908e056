import { expect } from 'chai'
import { buildEndpoints, unsyncedCluster } from '../../support/endpoints.ts'
import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

/** `ready` as it stands in line 3 of a Corefile, and what is thrown; undefined: it is good. */
const cases: readonly SetupCase[] = [
  { text: 'ready' },
  { text: 'ready {\n}' },
  { text: 'ready localhost:1234' },
  { text: 'ready :0 {\nmonitor until-ready\n}' },
  { text: 'ready {\nmonitor continuously\nmonitor until-ready\n}' },
  { text: 'ready bla', error: 'address bla: missing port in address' },
  { text: 'ready bla:a', error: 'lookup tcp/a: unknown port, expected a number' },
  { text: 'ready bla bla', error: wrongCount('bla') },
  { text: 'ready {\nmonitor\n}', line: 4, error: wrongCount('monitor') },
  { text: 'ready {\nmonitor until-ready continuously\n}', line: 4, error: wrongCount('continuously') },
  {
    text: 'ready {\nmonitor sometimes\n}',
    line: 4,
    error: "monitor type 'sometimes' not supported, expected until-ready or continuously",
  },
  { text: 'ready {\nmonitr continuously\n}', line: 4, error: "unknown property 'monitr', did you mean 'monitor'?" },
  { text: 'ready\nready :8182', line: 4, error: 'this plugin can only be used once per Server Block' },
]

describe('ready: setup', () => {
  testSetup(cases)

  it('what it becomes', () => {
    const defaults = { kind: 'ready', address: { host: '', port: 8181 }, monitor: 'until-ready', probes: [] }
    expect(buildEndpoints('. {\nready\n}\n')).to.deep.equal([defaults])
    expect(buildEndpoints('. {\nready [::1]:80 {\nmonitor continuously\n}\n}\n')).to.deep.equal([
      { ...defaults, address: { host: '::1', port: 80 }, monitor: 'continuously' },
    ])
  })

  it('stands for what its own server block can tell, wherever that stands in it', () => {
    const cluster = unsyncedCluster()
    const corefile = 'a {\nready\nkubernetes a\n}\nb {\nkubernetes b\nwhoami\n}\nc {\nready\nwhoami\n}\n'
    const probes = () =>
      buildEndpoints(corefile, cluster).map((endpoint) => {
        return endpoint.kind === 'ready' && endpoint.probes.map(({ name, isReady }) => `${name}: ${isReady()}`)
      })
    expect(probes()).to.deep.equal([['kubernetes: false'], []])
    cluster.synced()
    expect(probes()).to.deep.equal([['kubernetes: true'], []])
  })
})
