import { expect } from 'chai'
import { parseRange } from '../../../src/cluster/manifests/addresses.ts'
import { loadManifests } from '../../../src/cluster/manifests/read.ts'
import { clusterOf, documents, expected, named, object, problemsOf, service, serviceImport, slice } from './support.ts'

describe('manifests: ServiceImports', () => {
  it('have what is written, addresses in canonical form, TCP where no protocol is', () => {
    const text = serviceImport('type: ClusterSetIP', 'ips: [10.98.0.1, "FD00:0::1"]', 'ports: [{ name: a, port: 80 }]')
    const labelled = text.replace('name: web', 'name: web, labels: { app: web }')
    expect(clusterOf(labelled).get('ServiceImport', 'web')).to.deep.equal({
      kind: 'ServiceImport',
      namespace: 'default',
      name: 'web',
      labels: { app: 'web' },
      headless: false,
      ips: ['10.98.0.1', 'fd00::1'],
      ports: [{ name: 'a', protocol: 'TCP', port: 80 }],
    })
  })

  const accepted: readonly { title: string; text: string }[] = [
    { title: 'no ports', text: serviceImport('type: Headless', 'ports: []') },
    {
      title: 'addresses, though it is headless',
      text: serviceImport('type: Headless', 'ports: []', 'ips: [10.0.0.1]'),
    },
    { title: 'two addresses of one family', text: ips('10.0.0.1', '10.0.0.2') },
    { title: 'a name that no Service may have', text: named('9lives.a', ips()) },
    { title: 'ports that a Service may not have', text: ports('{ port: 80 }, { port: 80 }') },
    { title: 'fields of later versions', text: serviceImport('type: Headless', 'ports: []', 'ipFamilies: [IPv4]') },
    { title: 'v1beta1, which has the same fields', text: ips().replace('v1alpha1', 'v1beta1') },
  ]
  for (const { title, text } of accepted) it(`may have ${title}`, () => expect(problemsOf(text)).to.deep.equal([]))

  it('come in a list of theirs, too', () => {
    const text = `apiVersion: multicluster.x-k8s.io/v1alpha1
kind: ServiceImportList
items: [{ metadata: { name: a }, spec: { type: Headless, ports: [] } }]
`
    expect(clusterOf(text).get('ServiceImport', 'a').headless).to.equal(true)
  })

  it('of another group are another kind, and so is a Service of theirs', () => {
    const gke = object('ServiceImport', 'spec: 5', 'net.gke.io/v1')
    const other = object('Service', 'spec: 5', 'multicluster.x-k8s.io/v1alpha1')
    const { problems, otherKinds } = loadManifests([{ file: 'm', text: documents(gke, other) }])
    expect(problems).to.deep.equal([])
    expect([...otherKinds.keys()]).to.deep.equal([
      'ServiceImport (net.gke.io/v1)',
      'Service (multicluster.x-k8s.io/v1alpha1)',
    ])
  })

  it('make their namespace', () => {
    const text = ips().replace('name: web', 'name: web, namespace: shared')
    const names = clusterOf(text)
      .all('Namespace')
      .map(({ name }) => name)
    expect(names).to.deep.equal(['default', 'shared'])
  })

  it('keep their addresses: no Service is given one, but one may name it', () => {
    const options = { serviceRanges: [parseRange('10.98.0.0/29')].filter((range) => range !== undefined) }
    const taken = documents(ips('10.98.0.2', '10.98.0.3'), service('ports: [{ port: 80 }]'))
    const given = clusterOf(taken, options).get('Service', 'web').clusterIPs
    expect(given).to.have.length(1)
    expect(['10.98.0.2', '10.98.0.3']).not.to.include(given[0])
    const derived = documents(ips('10.98.0.2'), service('clusterIP: 10.98.0.2', 'ports: [{ port: 80 }]'))
    expect(problemsOf(derived)).to.deep.equal([])
  })
})

describe('manifests: EndpointSlices of ServiceImports', () => {
  const labelled = (...labels: string[]) =>
    clusterOf(slice('addressType: IPv4').replace('name: web', `name: web, labels: { ${labels.join(', ')} }`)).get(
      'EndpointSlice',
      'web',
    )

  it('have the names of their import and cluster', () => {
    const { importName, clusterId, serviceName } = labelled(
      'multicluster.kubernetes.io/service-name: db',
      'multicluster.kubernetes.io/source-cluster: east',
    )
    expect([importName, clusterId, serviceName]).to.deep.equal(['db', 'east', undefined])
  })

  it('may be those of a Service, too', () => {
    const { importName, serviceName } = labelled(
      'multicluster.kubernetes.io/service-name: db',
      'kubernetes.io/service-name: derived-db',
    )
    expect([importName, serviceName]).to.deep.equal(['db', 'derived-db'])
  })

  it('have no cluster where the label is missing or empty', () => {
    expect(labelled('multicluster.kubernetes.io/service-name: db')).not.to.have.property('clusterId')
    expect(labelled('multicluster.kubernetes.io/source-cluster: ""')).not.to.have.property('clusterId')
    expect(labelled('app: db')).not.to.have.any.keys('importName', 'clusterId')
  })
})

const refused: readonly { title: string; text: string; problems: readonly string[] }[] = [
  {
    title: 'no type, no ports',
    text: serviceImport('ips: []'),
    problems: [
      '5:3: spec.type: found nothing, expected one of ClusterSetIP, Headless',
      '5:3: spec.ports: found nothing, expected a list of ports',
    ],
  },
  {
    title: 'no spec',
    text: object('ServiceImport', '', 'multicluster.x-k8s.io/v1alpha1'),
    problems: [
      '1:1: spec.type: found nothing, expected one of ClusterSetIP, Headless',
      '1:1: spec.ports: found nothing, expected a list of ports',
    ],
  },
  {
    title: 'unknown type',
    text: serviceImport('type: ClusterIP', 'ports: []'),
    problems: ["5:9: spec.type: found 'ClusterIP', expected one of ClusterSetIP, Headless"],
  },
  {
    title: 'more than two addresses',
    text: ips('10.0.0.1', '10.0.0.2', '10.0.0.3'),
    problems: ['7:8: spec.ips: found 3 addresses, expected at most 2'],
  },
  {
    title: 'addresses that are none',
    text: ips('None', '10.0.0.01'),
    problems: [
      "7:9: spec.ips[0]: found 'None', expected an IP address",
      "7:15: spec.ips[1]: found '10.0.0.01', expected an IP address without leading zeros",
    ],
  },
  {
    title: 'ips of the wrong type',
    text: serviceImport('type: ClusterSetIP', 'ports: []', 'ips: 10.0.0.1'),
    problems: ["7:8: spec.ips: found '10.0.0.1', expected a list"],
  },
  {
    title: 'ports',
    text: ports('{}, { port: 0 }, { port: 80, protocol: tcp }, { port: 81, name: A }'),
    problems: [
      `6:11: spec.ports[0].port: found nothing, expected ${expected.port}`,
      `6:23: spec.ports[1].port: found the number 0, expected ${expected.port}`,
      "6:50: spec.ports[2].protocol: found 'tcp', expected one of TCP, UDP, SCTP",
      `6:75: spec.ports[3].name: found 'A', expected ${expected.label}`,
    ],
  },
  {
    title: 'name',
    text: named('Web', ips()),
    problems: [`3:19: metadata.name: found 'Web', expected ${expected.name}`],
  },
  {
    title: 'unknown version',
    text: ips().replace('v1alpha1', 'v1alpha2'),
    problems: [
      "1:13: apiVersion: found 'multicluster.x-k8s.io/v1alpha2', expected multicluster.x-k8s.io/v1alpha1 for kind ServiceImport",
    ],
  },
  {
    title: 'two of one name',
    text: documents(ips(), ips()),
    problems: ['11:19: ServiceImport default/web is defined already, at m:3:19'],
  },
]

describe('manifests that are refused: ServiceImports', () => {
  for (const { title, text, problems } of refused) {
    it(title, () => expect(problemsOf(text)).to.deep.equal(problems))
  }
})

function ips(...addresses: string[]): string {
  return serviceImport('type: ClusterSetIP', 'ports: [{ port: 80 }]', `ips: [${addresses.join(', ')}]`)
}

function ports(list: string): string {
  return serviceImport('type: ClusterSetIP', `ports: [${list}]`)
}
