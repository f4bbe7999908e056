import { expect } from 'chai'
import { pluginOrder } from '../../src/plugins/order.ts'
import { buildCorefile, serveManifests } from '../support/serve.ts'

/** plugin.cfg of CoreDNS 1.14.7. */
const coredns = `
root metadata geoip cancel proxyproto quic grpc_server https https3 timeouts multisocket reload nsid bufsize bind debug
trace ready health pprof shed prometheus errors log dnstap local dns64 any chaos loadbalance tsig rewrite autopath acl
cache header dnssec tls minimal template transfer hosts route53 azure clouddns k8s_external kubernetes file auto
secondary etcd loop forward grpc erratic whoami on sign view nomad
`
const supported = [
  'root',
  'metadata',
  'cancel',
  'timeouts',
  'multisocket',
  'reload',
  'nsid',
  'bufsize',
  'bind',
  'debug',
  'ready',
  'health',
  'pprof',
  'shed',
  'prometheus',
  'errors',
  'log',
  'local',
  'dns64',
  'any',
  'chaos',
  'loadbalance',
  'rewrite',
  'autopath',
  'acl',
  'cache',
  'header',
  'tls',
  'minimal',
  'template',
  'transfer',
  'hosts',
  'k8s_external',
  'kubernetes',
  'file',
  'auto',
  'secondary',
  'loop',
  'forward',
  'erratic',
  'whoami',
  'view',
]

describe('plugins: the order of the chain', () => {
  it("is CoreDNS's", () => {
    expect(pluginOrder.map(({ name }) => name)).to.deep.equal(coredns.trim().split(/\s+/))
  })

  it('has a setup for what is supported', () => {
    const names = pluginOrder.filter(({ setup }) => setup !== undefined).map(({ name }) => name)
    expect(names).to.deep.equal(supported)
  })

  it('is not that of the lines of a server block', async () => {
    const server = serveManifests('', '. {\nwhoami\nkubernetes cluster.local\n}\n')
    expect((await server.ask('svc.cluster.local. A')).additional, 'kubernetes is asked first').to.deep.equal([])
    expect((await server.ask('example.org. A')).additional, 'and whoami of what it passes on').to.have.lengthOf(2)
  })
})

describe('plugins: a directive that is none of ours', () => {
  for (const { name, setup } of pluginOrder) {
    if (setup !== undefined) continue
    const message = `Corefile:2 - Error during parsing: directive '${name}' is not supported by cluster-dns`
    it(message, () => {
      expect(() => buildCorefile(`. {\n${name}\n}\n`))
        .to.throw()
        .with.property('message', message)
    })
  }

  const unknown = [
    { name: 'kubernets', error: "Unknown directive 'kubernets', did you mean 'kubernetes'?" },
    { name: 'Forward', error: "Unknown directive 'Forward', did you mean 'forward'?" },
    { name: 'quarantine', error: "Unknown directive 'quarantine'" },
  ]
  for (const { name, error } of unknown) {
    const message = `Corefile:2 - Error during parsing: ${error}`
    it(message, () => {
      expect(() => buildCorefile(`. {\n${name}\n}\n`))
        .to.throw()
        .with.property('message', message)
    })
  }
})
