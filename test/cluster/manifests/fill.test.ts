import { expect } from 'chai'
import { familyOf, parseRange } from '../../../src/cluster/manifests/addresses.ts'
import { clusterOf, documents, named, object, pod, problemsOf, service } from './support.ts'

const port = 'ports: [{ port: 80 }]'
const dual = 'ipFamilyPolicy: RequireDualStack'

describe('manifests filled in: Services', () => {
  const addresses: readonly { title: string; spec: readonly string[]; clusterIPs: readonly string[] }[] = [
    { title: 'clusterIP as written', spec: ['clusterIP: 10.96.0.20'], clusterIPs: ['10.96.0.20'] },
    { title: 'clusterIP out of the range', spec: ['clusterIP: 172.20.0.1'], clusterIPs: ['172.20.0.1'] },
    { title: 'IPv6 in canonical form', spec: ['clusterIP: "FD00:0:0:0::B"'], clusterIPs: ['fd00::b'] },
    { title: 'clusterIPs without clusterIP', spec: ['clusterIPs: [10.96.0.20]'], clusterIPs: ['10.96.0.20'] },
    {
      title: 'two clusterIPs, without a policy too',
      spec: ['clusterIPs: ["fd00::b", 10.96.0.20]'],
      clusterIPs: ['fd00::b', '10.96.0.20'],
    },
    {
      title: 'clusterIP and clusterIPs spelt differently',
      spec: ['clusterIP: "fd00::b"', 'clusterIPs: ["FD00::B"]'],
      clusterIPs: ['fd00::b'],
    },
    { title: 'headless', spec: ['clusterIP: None'], clusterIPs: [] },
    { title: 'headless by clusterIPs', spec: ['clusterIPs: [None]'], clusterIPs: [] },
    { title: 'none', spec: [], clusterIPs: ['10.102.145.246'] },
    { title: 'an empty one', spec: ['clusterIP: ""', 'clusterIPs: []'], clusterIPs: ['10.102.145.246'] },
    { title: 'null', spec: ['clusterIP: null', 'clusterIPs: ~'], clusterIPs: ['10.102.145.246'] },
    { title: 'type NodePort', spec: ['type: NodePort'], clusterIPs: ['10.102.145.246'] },
    { title: 'type LoadBalancer', spec: ['type: LoadBalancer'], clusterIPs: ['10.102.145.246'] },
    { title: 'IPv6 alone', spec: ['ipFamilies: [IPv6]'], clusterIPs: ['fd00:10:96::d6a'] },
    { title: 'both families', spec: [dual], clusterIPs: ['10.102.145.246', 'fd00:10:96::d6a'] },
    {
      title: 'both families, IPv6 first',
      spec: ['ipFamilyPolicy: PreferDualStack', 'ipFamilies: [IPv6]'],
      clusterIPs: ['fd00:10:96::d6a', '10.102.145.246'],
    },
    {
      title: 'one address of two',
      spec: [dual, 'clusterIP: "fd00::b"'],
      clusterIPs: ['fd00::b', '10.102.145.246'],
    },
  ]
  for (const { title, spec, clusterIPs } of addresses) {
    it(`clusterIPs: ${title}`, () => {
      expect(clusterOf(service(...spec, port)).get('Service', 'web').clusterIPs).to.deep.equal(clusterIPs)
    })
  }

  it('is of type ClusterIP, not headless, and publishes no unready addresses', () => {
    const { type, headless, publishNotReadyAddresses } = clusterOf(service(port)).get('Service', 'web')
    expect({ type, headless, publishNotReadyAddresses }).to.deep.equal({
      type: 'ClusterIP',
      headless: false,
      publishNotReadyAddresses: false,
    })
  })

  it('takes ports as TCP, and leaves out names that are not given', () => {
    const { ports } = clusterOf(service('ports: [{ port: 80 }]')).get('Service', 'web')
    expect(ports).to.deep.equal([{ protocol: 'TCP', port: 80 }])
  })

  it('has an ExternalName as written, and no address', () => {
    const { externalName, clusterIPs } = clusterOf(service('type: ExternalName', 'externalName: www.example.com.')).get(
      'Service',
      'web',
    )
    expect({ externalName, clusterIPs }).to.deep.equal({ externalName: 'www.example.com.', clusterIPs: [] })
  })

  it('has no externalName of a type that has none', () => {
    expect(clusterOf(service('externalName: a.b', port)).get('Service', 'web')).not.to.have.property('externalName')
  })

  it('lists externalIPs, then what a load balancer gave', () => {
    const text = `${service(port, 'externalIPs: [203.0.113.1]')}status:
  loadBalancer: { ingress: [{ ip: "2001:DB8::1" }, { hostname: lb.example.com }] }
`
    expect(clusterOf(text).get('Service', 'web').externalIPs).to.deep.equal([
      '203.0.113.1',
      '2001:db8::1',
      'lb.example.com',
    ])
  })
})

describe('manifests filled in: addresses', () => {
  it('are not moved by other objects', () => {
    const others = Array.from({ length: 50 }, (_, index) => named(`other-${index}`, service(port)))
    const { clusterIPs } = clusterOf(documents(...others, service(port))).get('Service', 'web')
    expect(clusterIPs).to.deep.equal(['10.102.145.246'])
  })

  it('differ, and leave out network, broadcast, the first and the tenth address', () => {
    const options = { serviceRanges: rangesOf('10.96.0.0/28') }
    const services = Array.from({ length: 12 }, (_, index) => named(`s${index}`, service(port)))
    const given = clusterOf(documents(...services), options)
      .all('Service')
      .flatMap(({ clusterIPs }) => clusterIPs)
      .map((address) => Number(address.split('.')[3]))
    expect(given.sort((left, right) => left - right)).to.deep.equal([2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14])
  })

  it('are reported where none is left, once for each object that gets none', () => {
    const options = { serviceRanges: rangesOf('10.96.0.0/30') }
    const services = ['a', 'b', 'c'].map((name) => named(name, service(port)))
    expect(problemsOf(documents(...services), options)).to.deep.equal([
      '9:19: found no address left in 10.96.0.0/30 for Service default/b, expected a larger range',
      '15:19: found no address left in 10.96.0.0/30 for Service default/c, expected a larger range',
    ])
  })

  it('are never those that a manifest names', () => {
    const web = clusterOf(service(port)).get('Service', 'web').clusterIPs[0]
    const claims = [
      named('other', service(`clusterIP: ${web}`, port)),
      named('other', service(`externalIPs: [${web}]`, port)),
      named('other', pod(`status: { podIP: ${web} }`)),
      named('other', object('Endpoints', `subsets: [{ addresses: [{ ip: ${web} }] }]`)),
      named(
        'other',
        object('EndpointSlice', `addressType: IPv4\nendpoints: [{ addresses: [${web}] }]`, 'discovery.k8s.io/v1'),
      ),
    ]
    for (const claim of claims) {
      expect(clusterOf(documents(service(port), claim)).get('Service', 'web').clusterIPs).to.deep.equal([
        '10.102.145.247',
      ])
    }
  })

  it('may be asked for although they are reserved', () => {
    expect(clusterOf(service('clusterIP: 10.96.0.10', port)).get('Service', 'web').clusterIPs).to.deep.equal([
      '10.96.0.10',
    ])
  })

  it('come from the ranges that are given', () => {
    const options = {
      serviceRanges: rangesOf('172.20.0.0/16', 'fd01::/112'),
      podRanges: rangesOf('172.21.0.0/16'),
    }
    const cluster = clusterOf(documents(service(dual, port), pod()), options)
    const addresses = [...cluster.get('Service', 'web').clusterIPs, ...cluster.get('Pod', 'web').podIPs]
    expect(addresses).to.deep.equal(['172.20.13.106', 'fd01::d6a', '172.21.13.106', 'fd00:10:244::41d6:89bc'])
  })
})

describe('manifests filled in: Pods', () => {
  const cases: readonly { title: string; body: string; podIPs: readonly string[] }[] = [
    { title: 'podIP', body: 'status: { podIP: 10.0.0.5 }', podIPs: ['10.0.0.5'] },
    {
      title: 'podIPs',
      body: 'status: { podIPs: [{ ip: "FD00::5" }, { ip: 10.0.0.5 }] }',
      podIPs: ['fd00::5', '10.0.0.5'],
    },
    { title: 'no status', body: '', podIPs: ['10.244.13.106'] },
    { title: 'a status without address', body: 'status: { phase: Running }', podIPs: ['10.244.13.106'] },
    { title: 'the network of its host', body: 'spec: { hostNetwork: true }', podIPs: ['10.244.13.106'] },
    { title: 'waiting to be scheduled', body: 'status: { phase: Pending }', podIPs: [] },
    { title: 'ended well', body: 'status: { phase: Succeeded, podIP: 10.0.0.5 }', podIPs: [] },
    { title: 'ended badly', body: 'status: { phase: Failed }', podIPs: [] },
  ]
  for (const { title, body, podIPs } of cases) {
    it(`podIPs: ${title}`, () => expect(clusterOf(pod(body)).get('Pod', 'web').podIPs).to.deep.equal(podIPs))
  }

  it('are given IPv6 as soon as any Service wants it, and only then', () => {
    const families = (text: string) => clusterOf(documents(text, pod())).get('Pod', 'web').podIPs.map(familyOf)
    expect(families(service(port))).to.deep.equal(['IPv4'])
    expect(families(service(dual, port))).to.deep.equal(['IPv4', 'IPv6'])
    expect(families(service('clusterIP: "fd00::1"', port))).to.deep.equal(['IPv4', 'IPv6'])
  })
})

describe('manifests filled in: Namespaces', () => {
  const names = (text: string) =>
    clusterOf(text)
      .all('Namespace')
      .map(({ name }) => name)

  it('there is always default', () => expect(names('')).to.deep.equal(['default']))

  it('there is each that an object lives in, in whatever way', () => {
    const inNamespace = (name: string, text: string) => text.replace('name: web', `name: web, namespace: ${name}`)
    const texts = [inNamespace('b', service(port)), inNamespace('a', pod()), named('c', object('Namespace'))]
    expect(names(documents(...texts))).to.deep.equal(['a', 'b', 'c', 'default'])
  })

  it('each has its own name for a label', () => {
    const text = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { team: blue } }'
    expect(clusterOf(text).get('Namespace', 'shop').labels).to.deep.equal({
      team: 'blue',
      'kubernetes.io/metadata.name': 'shop',
    })
  })
})

function rangesOf(...texts: string[]) {
  return texts.flatMap((text) => parseRange(text) ?? [])
}
