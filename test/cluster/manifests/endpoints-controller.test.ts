import { expect } from 'chai'
import { clusterOf, documents, endpoints, named, object, pod, service, slice } from './support.ts'

const select = 'selector: { app: web }'
const port = 'ports: [{ name: http, port: 80 }]'

/** A Pod that the selector finds. */
function chosen(name: string, ...body: string[]): string {
  return pod(...body).replace('name: web', `name: ${name}, labels: { app: web, tier: front }`)
}

const at = (address: string) => `status: { podIP: ${address} }`

describe('EndpointSlices made for Services with a selector', () => {
  it('have an endpoint for each Pod of the namespace that has all labels', () => {
    const cluster = clusterOf(
      documents(
        service('selector: { app: web, tier: front }', port),
        chosen('b', at('10.0.0.2')),
        chosen('a', at('10.0.0.1')),
        pod(at('10.0.0.3')),
        pod(at('10.0.0.4')).replace('name: web', 'name: c, namespace: other, labels: { app: web, tier: front }'),
        pod(at('10.0.0.5')).replace('name: web', 'name: d, labels: { app: web }'),
      ),
    )
    const [made, ...more] = cluster.slicesOf('web')
    expect(more).to.deep.equal([])
    expect(made).to.deep.equal({
      kind: 'EndpointSlice',
      namespace: 'default',
      name: 'web-gh8nh',
      labels: {
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      serviceName: 'web',
      addressType: 'IPv4',
      endpoints: [
        { addresses: ['10.0.0.1'], ready: true, serving: true, terminating: false, targetName: 'a' },
        { addresses: ['10.0.0.2'], ready: true, serving: true, terminating: false, targetName: 'b' },
      ],
      ports: [{ name: 'http', protocol: 'TCP', port: 80 }],
    })
  })

  it('carry the labels of the Service, and one that says it is headless', () => {
    const text = service('clusterIP: None', select).replace('name: web', 'name: web, labels: { team: blue }')
    const [made] = clusterOf(documents(text, chosen('a'))).slicesOf('web')
    expect(made?.labels).to.include({ team: 'blue', 'service.kubernetes.io/headless': '' })
  })

  const readiness: readonly { title: string; spec?: string; pod: string; conditions: readonly boolean[] }[] = [
    { title: 'no status', pod: '', conditions: [true, true, false] },
    { title: 'no conditions', pod: 'status: { podIP: 10.0.0.1 }', conditions: [true, true, false] },
    { title: 'Ready', pod: ready('True'), conditions: [true, true, false] },
    { title: 'not Ready', pod: ready('False'), conditions: [false, false, false] },
    { title: 'Ready unknown', pod: ready('Unknown'), conditions: [false, false, false] },
    {
      title: 'pending with an address',
      pod: 'status: { phase: Pending, podIP: 10.0.0.1 }',
      conditions: [false, false, false],
    },
    {
      title: 'not Ready, published',
      spec: 'publishNotReadyAddresses: true',
      pod: ready('False'),
      conditions: [true, false, false],
    },
    {
      title: 'terminating',
      pod: `metadata: { deletionTimestamp: 2026-01-01T00:00:00Z }`,
      conditions: [false, true, true],
    },
    {
      title: 'terminating, published',
      spec: 'publishNotReadyAddresses: true',
      pod: `metadata: { deletionTimestamp: 2026-01-01T00:00:00Z }`,
      conditions: [true, true, true],
    },
  ]
  for (const { title, spec = '', pod: body, conditions } of readiness) {
    it(`ready, serving, terminating: ${title}`, () => {
      const text = body.startsWith('metadata')
        ? chosen('a').replace('name: a,', 'name: a, deletionTimestamp: 2026-01-01T00:00:00Z,')
        : chosen('a', body)
      const [made] = clusterOf(documents(service(select, port, spec), text)).slicesOf('web')
      expect(made?.endpoints.map(({ ready, serving, terminating }) => [ready, serving, terminating])).to.deep.equal([
        conditions,
      ])
    })
  }

  it('leave out Pods that have ended or have no address', () => {
    const text = documents(
      service(select, port),
      chosen('a', 'status: { phase: Succeeded, podIP: 10.0.0.1 }'),
      chosen('b', 'status: { phase: Pending }'),
    )
    expect(clusterOf(text).slicesOf('web')).to.deep.equal([])
  })

  it("have a Pod's hostname only where its subdomain is the Service's name", () => {
    const text = documents(
      service('clusterIP: None', select),
      chosen('a', 'spec: { hostname: a-0, subdomain: web, nodeName: node-1 }'),
      chosen('b', 'spec: { hostname: b-0, subdomain: other }'),
      chosen('c', 'spec: { hostname: c-0 }'),
      chosen('d', 'spec: { subdomain: web }'),
    )
    const endpoints = clusterOf(text)
      .slicesOf('web')
      .flatMap((made) => made.endpoints)
    expect(endpoints.map(({ targetName, hostname, nodeName }) => [targetName, hostname, nodeName])).to.deep.equal([
      ['a', 'a-0', 'node-1'],
      ['b', undefined, undefined],
      ['c', undefined, undefined],
      ['d', undefined, undefined],
    ])
  })

  const ports: readonly { title: string; spec: readonly string[]; pod?: string; ports: readonly object[] }[] = [
    { title: 'targetPort left out', spec: [port], ports: [{ name: 'http', protocol: 'TCP', port: 80 }] },
    { title: 'targetPort 0', spec: ['ports: [{ port: 80, targetPort: 0 }]'], ports: [{ protocol: 'TCP', port: 80 }] },
    {
      title: 'targetPort by number',
      spec: ['ports: [{ port: 80, targetPort: 8080 }]'],
      ports: [{ protocol: 'TCP', port: 8080 }],
    },
    {
      title: 'targetPort by name',
      spec: ['ports: [{ port: 80, targetPort: web }]'],
      pod: 'spec: { containers: [{ name: a }, { ports: [{ name: web, containerPort: 8080 }] }] }',
      ports: [{ protocol: 'TCP', port: 8080 }],
    },
    {
      title: 'targetPort by name and protocol',
      spec: ['ports: [{ port: 53, protocol: UDP, targetPort: dns }]'],
      pod: 'spec: { containers: [{ ports: [{ name: dns, containerPort: 1 }] }, { ports: [{ name: dns, protocol: UDP, containerPort: 2 }] }] }',
      ports: [{ protocol: 'UDP', port: 2 }],
    },
    {
      title: 'targetPort of a sidecar',
      spec: ['ports: [{ port: 80, targetPort: web }]'],
      pod: 'spec: { initContainers: [{ restartPolicy: Always, ports: [{ name: web, containerPort: 8080 }] }] }',
      ports: [{ protocol: 'TCP', port: 8080 }],
    },
    {
      title: 'targetPort of an init container that ends',
      spec: ['ports: [{ port: 80, targetPort: web }]'],
      pod: 'spec: { initContainers: [{ ports: [{ name: web, containerPort: 8080 }] }] }',
      ports: [],
    },
    { title: 'headless without ports', spec: ['clusterIP: None'], ports: [] },
    {
      title: 'several ports',
      spec: ['ports: [{ name: a, port: 1 }, { name: b, port: 1, protocol: SCTP }]'],
      ports: [
        { name: 'a', protocol: 'TCP', port: 1 },
        { name: 'b', protocol: 'SCTP', port: 1 },
      ],
    },
  ]
  for (const { title, spec, pod: body = '', ports: expected } of ports) {
    it(`ports: ${title}`, () => {
      const made = clusterOf(documents(service(select, ...spec), chosen('a', body))).slicesOf('web')
      expect(made.map((one) => one.ports)).to.deep.equal([expected])
    })
  }

  it('are apart for Pods that lack a named port, or have it elsewhere', () => {
    const container = (text: string) => `spec: { containers: [{ ports: [${text}] }] }`
    const text = documents(
      service(select, 'ports: [{ name: web, port: 80, targetPort: web }, { name: raw, port: 1 }]'),
      chosen('a', container('{ name: web, containerPort: 8080 }')),
      chosen('b', container('{ name: web, containerPort: 9090 }')),
      chosen('c', container('{ name: other, containerPort: 8080 }')),
      chosen('d', container('{ name: web, containerPort: 8080 }')),
    )
    const made = clusterOf(text).slicesOf('web')
    const summary = made.map((one) => [
      one.ports.map((port) => port.port),
      one.endpoints.map((each) => each.targetName),
    ])
    expect(summary).to.have.deep.members([
      [
        [8080, 1],
        ['a', 'd'],
      ],
      [[9090, 1], ['b']],
      [[1], ['c']],
    ])
  })

  it('are there for each family of the Service that a Pod has', () => {
    const text = documents(
      service(select, port, 'ipFamilyPolicy: PreferDualStack'),
      chosen('a', 'status: { podIPs: [{ ip: 10.0.0.1 }, { ip: "fd00::1" }] }'),
      chosen('b', 'status: { podIPs: [{ ip: 10.0.0.2 }] }'),
    )
    const made = clusterOf(text).slicesOf('web')
    expect(made.map((one) => [one.addressType, one.endpoints.map(({ addresses }) => addresses)])).to.have.deep.members([
      ['IPv4', [['10.0.0.1'], ['10.0.0.2']]],
      ['IPv6', [['fd00::1']]],
    ])
  })

  it('hold 100 endpoints at most', () => {
    const pods = Array.from({ length: 250 }, (_, index) => chosen(`p${index}`))
    const made = clusterOf(documents(service(select, port), ...pods)).slicesOf('web')
    expect(made.map((one) => one.endpoints.length)).to.have.members([100, 100, 50])
    expect(new Set(made.map(({ name }) => name)).size).to.equal(3)
    for (const { name } of made) expect(name).to.match(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })

  it('are not made without a selector, for ExternalName, or beside slices or Endpoints that are written', () => {
    const written = slice('addressType: IPv4').replace(
      'name: web',
      'name: x, labels: { kubernetes.io/service-name: web }',
    )
    const owned = [
      documents(service(port)),
      documents(service('selector: {}', port)),
      documents(service('type: ExternalName', 'externalName: a.b', select)),
      documents(service(select, port), endpoints('subsets: []')),
    ]
    for (const text of owned) expect(clusterOf(documents(text, chosen('a'))).slicesOf('web')).to.deep.equal([])
    const beside = clusterOf(documents(service(select, port), written, chosen('a')))
    expect(beside.slicesOf('web').map(({ name }) => name)).to.deep.equal(['x'])
  })
})

describe('EndpointSlices mirrored from Endpoints', () => {
  const subsets = `subsets:
  - addresses: [{ ip: 10.0.0.1, hostname: a, nodeName: n1, targetRef: { kind: Pod, name: pod-a } }, { ip: "FD00::1" }]
    notReadyAddresses: [{ ip: 10.0.0.2 }]
    ports: [{ name: http, port: 80 }]
  - addresses: [{ ip: 10.0.0.3 }]`

  it('are one for each subset and family', () => {
    const made = clusterOf(documents(service(port), endpoints(subsets))).slicesOf('web')
    const summary = made.map((one) => [one.addressType, one.ports, one.endpoints])
    expect(summary).to.have.deep.members([
      [
        'IPv4',
        [{ name: 'http', protocol: 'TCP', port: 80 }],
        [
          {
            addresses: ['10.0.0.1'],
            ready: true,
            serving: true,
            terminating: false,
            hostname: 'a',
            nodeName: 'n1',
            targetName: 'pod-a',
          },
          { addresses: ['10.0.0.2'], ready: false, serving: false, terminating: false },
        ],
      ],
      [
        'IPv6',
        [{ name: 'http', protocol: 'TCP', port: 80 }],
        [{ addresses: ['fd00::1'], ready: true, serving: true, terminating: false }],
      ],
      ['IPv4', [], [{ addresses: ['10.0.0.3'], ready: true, serving: true, terminating: false }]],
    ])
  })

  it('carry the label of the Service', () => {
    const [made] = clusterOf(documents(service(port), endpoints(subsets))).slicesOf('web')
    expect(made?.labels).to.deep.equal({
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
    })
  })

  it('are not made without a Service, against a label, or beside slices that are written', () => {
    const skipped = endpoints(subsets).replace(
      'name: web',
      'name: web, labels: { endpointslice.kubernetes.io/skip-mirror: "true" }',
    )
    const written = slice('addressType: IPv4').replace(
      'name: web',
      'name: x, labels: { kubernetes.io/service-name: web }',
    )
    expect(clusterOf(endpoints(subsets)).slicesOf('web')).to.deep.equal([])
    expect(clusterOf(documents(named('other', service(port)), endpoints(subsets))).slicesOf('web')).to.deep.equal([])
    expect(clusterOf(documents(service(port), skipped)).slicesOf('web')).to.deep.equal([])
    const beside = clusterOf(documents(service(port), endpoints(subsets), written))
    expect(beside.slicesOf('web').map(({ name }) => name)).to.deep.equal(['x'])
  })
})

describe('EndpointSlices as written', () => {
  it('default as the API says: ready, serving as ready, TCP, all ports', () => {
    const text = slice(
      'addressType: IPv4',
      'ports: [{}]',
      'endpoints:',
      '  - addresses: [10.0.0.1]',
      '  - { addresses: [10.0.0.2], conditions: { ready: false } }',
    )
    const { endpoints: made, ports } = clusterOf(text).get('EndpointSlice', 'web')
    expect(made.map(({ ready, serving, terminating }) => [ready, serving, terminating])).to.deep.equal([
      [true, true, false],
      [false, false, false],
    ])
    expect(ports).to.deep.equal([{ protocol: 'TCP' }])
  })

  it('keep all that DNS reads', () => {
    const text = object(
      'EndpointSlice',
      `addressType: IPv6
ports: [{ name: http, port: 80, protocol: UDP }]
endpoints:
  - addresses: ["FD00::1", "fd00:0:0:1::"]
    hostname: a
    nodeName: n1
    zone: west-1
    targetRef: { kind: Pod, name: pod-a }
    conditions: { ready: true, serving: false, terminating: true }`,
      'discovery.k8s.io/v1',
    )
    expect(clusterOf(text).get('EndpointSlice', 'web')).to.deep.equal({
      kind: 'EndpointSlice',
      namespace: 'default',
      name: 'web',
      labels: {},
      addressType: 'IPv6',
      endpoints: [
        {
          addresses: ['fd00::1', 'fd00:0:0:1::'],
          ready: true,
          serving: false,
          terminating: true,
          hostname: 'a',
          nodeName: 'n1',
          zone: 'west-1',
          targetName: 'pod-a',
        },
      ],
      ports: [{ name: 'http', protocol: 'UDP', port: 80 }],
    })
  })

  it('may hold names', () => {
    const text = slice('addressType: FQDN', 'endpoints: [{ addresses: [a.example.com, b.example.com.] }]')
    const { addressType, endpoints: made } = clusterOf(text).get('EndpointSlice', 'web')
    expect([addressType, made[0]?.addresses]).to.deep.equal(['FQDN', ['a.example.com', 'b.example.com.']])
  })
})

function ready(status: string): string {
  return `status: { podIP: 10.0.0.1, conditions: [{ type: PodScheduled, status: "True" }, { type: Ready, status: "${status}" }] }`
}
