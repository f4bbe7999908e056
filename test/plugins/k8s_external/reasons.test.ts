import { expect } from 'chai'
import { externalName, headless, manifests, namespace, service, slice } from '../../support/manifests.ts'
import { serveManifests } from '../../support/serve.ts'

const prod = 'prod.example.org.'
const http = { name: 'http', port: 80 }
const cluster = manifests(
  namespace('hidden'),
  service('prod/web', { externalIPs: ['192.0.2.10'], ports: [http] }),
  service('prod/plain', {}),
  externalName('prod/alias', 'www.cloud.test'),
  {
    ...service('prod/named', { type: 'LoadBalancer', ports: [http] }),
    status: { loadBalancer: { ingress: [{ hostname: 'lb.cloud.test' }] } },
  },
  {
    ...service('prod/self', { type: 'LoadBalancer', ports: [http] }),
    status: { loadBalancer: { ingress: [{ hostname: 'self.prod.example.org' }] } },
  },
  service('prod/bare', { clusterIP: 'None', externalIPs: ['192.0.2.11'], ports: [] }),
  headless('prod/db'),
  slice('prod/db', { endpoints: [{ addresses: ['10.244.0.1'], hostname: 'db-0' }] }),
  headless('prod/unready'),
  slice('prod/unready', { endpoints: [{ addresses: ['10.244.0.2'], conditions: { ready: false } }] }),
  headless('prod/none'),
  headless('prod/names'),
  slice('prod/names', { addressType: 'FQDN', endpoints: [{ addresses: ['db.cloud.test'] }] }),
)
const block = (options = '') =>
  `. {\nk8s_external example.org in-addr.arpa {\nfallthrough through.example.org\n${options}\n}\n` +
  'kubernetes cluster.local {\nnamespaces prod through\n}\nwhoami\n}\n'
const plain = serveManifests(cluster, block())
const withEndpoints = serveManifests(cluster, block('headless'))

describe('k8s_external: reasons', () => {
  for (const { ask, steps, server = plain } of [
    { ask: 'example.org. SOA', steps: 'apex answered' },
    { ask: 'example.org. A', steps: 'apex no-such-type' },
    { ask: 'ns1.dns.example.org. A', steps: 'nameserver answered' },
    { ask: 'dns.example.org. A', steps: 'empty-non-terminal' },
    { ask: 'x.dns.example.org. A', steps: 'no-such-form' },
    { ask: `a.b.c.d.${prod} A`, steps: 'no-such-form' },
    { ask: `${prod} A`, steps: 'namespace' },
    { ask: 'x.nons.example.org. A', steps: 'namespace-not-exposed' },
    { ask: 'x.hidden.example.org. A', steps: 'namespace-not-exposed' },
    { ask: `nope.${prod} A`, steps: 'no-such-service' },
    { ask: `web.${prod} A`, steps: 'external-addresses answered' },
    { ask: `web.${prod} AAAA`, steps: 'external-addresses wrong-family' },
    { ask: `web.${prod} TXT`, steps: 'external-addresses no-such-type' },
    { ask: `bare.${prod} SRV`, steps: 'external-addresses no-ports' },
    { ask: `x.web.${prod} A`, steps: 'no-such-endpoint' },
    { ask: `_tcp.web.${prod} A`, steps: 'empty-non-terminal' },
    { ask: `_nope._tcp.web.${prod} A`, steps: 'no-external-port' },
    { ask: `plain.${prod} A`, steps: 'no-external-address' },
    { ask: `alias.${prod} A`, steps: 'no-external-address' },
    { ask: `named.${prod} A`, steps: 'external-addresses alias-outside' },
    { ask: `named.${prod} TXT`, steps: 'external-addresses no-such-type' },
    { ask: `self.${prod} A`, steps: 'external-addresses alias-circle' },
    { ask: 'x.through.example.org. A', steps: 'namespace-missing fallthrough' },
    { ask: '10.2.0.192.in-addr.arpa. PTR', steps: 'reverse-external answered' },
    { ask: '99.2.0.192.in-addr.arpa. PTR', steps: 'no-such-external-address' },
    { ask: '2.0.192.in-addr.arpa. PTR', steps: 'empty-non-terminal' },
    { ask: '3.0.192.in-addr.arpa. PTR', steps: 'reverse-no-address' },
    { ask: 'x.in-addr.arpa. PTR', steps: 'reverse-no-address' },
    { ask: 'example.org. AXFR', steps: 'transfer-refused' },
    { ask: `db.${prod} A`, steps: 'headless-endpoints answered', server: withEndpoints },
    { ask: `db-0.db.${prod} A`, steps: 'endpoint answered', server: withEndpoints },
    { ask: `db-1.db.${prod} A`, steps: 'no-such-endpoint', server: withEndpoints },
    { ask: `unready.${prod} A`, steps: 'headless-no-ready-endpoints', server: withEndpoints },
    { ask: `none.${prod} A`, steps: 'headless-no-endpoints', server: withEndpoints },
    { ask: `names.${prod} TXT`, steps: 'headless-names no-such-type', server: withEndpoints },
  ]) {
    it(`${ask}: ${steps}`, async () => {
      const codes = (await server.trace(ask)).map(({ code }) => code)
      // What the server says of a CNAME's target, and whoami of what is passed on, is theirs.
      const own = codes.filter((code) => steps.split(' ').includes(code))
      expect(own.join(' ')).to.equal(steps)
      expect(codes[0]).to.equal(steps.split(' ')[0])
    })
  }

  it('name what decided', async () => {
    const says = async (ask: string) => (await plain.trace(ask))[0]?.describe()
    expect(await says(`web.${prod} A`)).to.equal('Service prod/web is reached from outside at 192.0.2.10')
    expect(await says(`plain.${prod} A`)).to.equal('Service prod/plain has no address outside of the cluster')
    expect(await says(`_nope._tcp.web.${prod} A`)).to.equal('Service prod/web has no port _nope._tcp')
    expect(await says('10.2.0.192.in-addr.arpa. PTR')).to.equal('192.0.2.10 is an external address of Service prod/web')
    expect(await says('99.2.0.192.in-addr.arpa. PTR')).to.equal('no Service has the external address 192.0.2.99')
    expect(await says('x.through.example.org. A')).to.equal('there is no Namespace through')
  })
})
