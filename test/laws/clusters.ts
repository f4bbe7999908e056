import fc from 'fast-check'
import {
  type ClusterObject,
  type Endpoint,
  type EndpointSlice,
  keyOf,
  type Namespace,
  type ObjectKey,
  type Pod,
  type Service,
} from '../../src/cluster/model.ts'

/**
 * Clusters of objects of every shape that an API server can hold.
 *
 * Few names and addresses, so that objects meet: slices of one Service, addresses of several, names that are taken
 * again. Objects are as a source has them, and so addresses are canonical.
 */
const namespaces = ['a', 'b'] as const
const services = ['web', 'db', 'x'] as const
const v4 = ['10.0.0.1', '10.0.0.2', '10.0.1.3', '10.96.0.9', '1.2.3.4'] as const
const v6 = ['fd00::1', 'fd00:0:0:1::', '2001:db8::a'] as const
/** The server itself is reached at the first. */
export const localAddress = v4[0]

const namespaceName = fc.constantFrom(...namespaces)
const serviceName = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<string>(...services) },
  { weight: 1, arbitrary: fc.constantFrom('pod', 'svc', 'ns', 'dns', 's'.repeat(63)) },
)
const v4Address = fc.constantFrom(...v4)
const v6Address = fc.constantFrom(...v6)
const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP')
const portName = fc.constantFrom('http', 'dns', 'tcp', 'x')
const number = fc.constantFrom(53, 80, 8080)

const servicePorts = fc.oneof(
  fc
    .uniqueArray(fc.tuple(portName, protocol, number), { maxLength: 3, selector: ([name]) => name })
    .map((ports) => ports.map(([name, protocol, port]) => ({ name, protocol, port }))),
  fc.tuple(protocol, number).map(([protocol, port]) => [{ protocol, port }]),
)

const clusterIPs = fc.oneof(
  v4Address.map((address) => [address]),
  v6Address.map((address) => [address]),
  fc.tuple(v4Address, v6Address),
  fc.tuple(v6Address, v4Address),
)

const externalName = fc.oneof(
  fc
    .tuple(serviceName, namespaceName, fc.constantFrom('cluster.local', 'cluster.local.', 'other.test'))
    .map(([name, namespace, zone]) => `${name}.${namespace}.svc.${zone}`),
  fc.constantFrom(
    'db.example.com',
    'cluster.local',
    'svc.cluster.local',
    'ns.dns.cluster.local',
    'h.db.a.svc.cluster.local',
    '192.0.2.1',
    '',
  ),
)

/** What kind of Service it is decides which of its fields are set. */
const serviceShape: fc.Arbitrary<Pick<Service, 'type' | 'headless' | 'clusterIPs' | 'externalName' | 'externalIPs'>> =
  fc.oneof(
    fc
      .tuple(fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'), clusterIPs)
      .map(([type, clusterIPs]) => ({ type, headless: false, clusterIPs, externalIPs: [] })),
    fc.constant({ type: 'ClusterIP', headless: true, clusterIPs: [], externalIPs: [] } as const),
    externalName.map(
      (externalName) =>
        ({ type: 'ExternalName', headless: false, clusterIPs: [], externalIPs: [], externalName }) as const,
    ),
    // One that has no address yet, as of a type that the server does not know.
    fc.constant({ type: 'ClusterIP', headless: false, clusterIPs: [], externalIPs: ['203.0.113.1'] } as const),
  )

const labels = fc.constantFrom<Record<string, string>>({}, { app: 'one' }, { app: 'two' })

const service: fc.Arbitrary<Service> = fc
  .record({
    namespace: namespaceName,
    name: serviceName,
    labels,
    shape: serviceShape,
    ports: servicePorts,
    early: fc.boolean(),
  })
  .map(({ shape, early, ...rest }) => ({ kind: 'Service', ...rest, ...shape, publishNotReadyAddresses: early }))

const hostname = fc.constantFrom('h', 'pet-0', 'dns', '10-0-0-2', 'x'.repeat(63))
const targetName = fc.constantFrom('web-0', 'pet-0', 'node.a', 'y'.repeat(63), 'y'.repeat(64))
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const endpointOf = (address: fc.Arbitrary<string>): fc.Arbitrary<Endpoint> =>
  fc
    .record({
      addresses: fc.uniqueArray(address, { minLength: 1, maxLength: 2 }),
      ready: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
      serving: fc.boolean(),
      terminating: fc.boolean(),
      hostname: maybe(hostname),
      targetName: maybe(targetName),
      zone: maybe(fc.constantFrom('eu-1', 'eu-2')),
    })
    .map(withoutUndefined)

const endpointPorts = fc.uniqueArray(
  fc.record({ name: maybe(portName), protocol, port: maybe(number) }).map(withoutUndefined),
  { maxLength: 3, selector: ({ name }) => name },
)

const endpointsOf = (type: EndpointSlice['addressType'], address: fc.Arbitrary<string>) =>
  fc.tuple(fc.constant(type), fc.array(endpointOf(address), { maxLength: 4 }))

const family = fc.oneof(
  { weight: 4, arbitrary: endpointsOf('IPv4', v4Address) },
  { weight: 2, arbitrary: endpointsOf('IPv6', v6Address) },
  { weight: 1, arbitrary: endpointsOf('FQDN', fc.constantFrom('db.example.com', 'web.a.svc.cluster.local')) },
)

const slice: fc.Arbitrary<EndpointSlice> = fc
  .record({
    namespace: namespaceName,
    name: fc.constantFrom('one', 'two', 'three', 'four'),
    labels,
    serviceName: fc.option(serviceName, { nil: undefined, freq: 9 }),
    family,
    ports: endpointPorts,
  })
  .map(({ family: [addressType, endpoints], serviceName, ...rest }) => ({
    kind: 'EndpointSlice',
    ...rest,
    addressType,
    endpoints,
    ...(serviceName === undefined ? {} : { serviceName }),
  }))

const pod: fc.Arbitrary<Pod> = fc.record({
  kind: fc.constant('Pod' as const),
  namespace: namespaceName,
  name: fc.constantFrom('web-0', 'pet-0', 'node.a'),
  labels,
  podIPs: fc.oneof(
    fc.constant([]),
    v4Address.map((ip) => [ip]),
    v6Address.map((ip) => [ip]),
    fc.tuple(v4Address, v6Address),
  ),
})

const namespace: fc.Arbitrary<Namespace> = fc
  .tuple(namespaceName, labels)
  .map(([name, labels]) => ({ kind: 'Namespace', name, labels }))

/** Any object of a cluster. */
export const object: fc.Arbitrary<ClusterObject> = fc.oneof(
  { weight: 4, arbitrary: service },
  { weight: 6, arbitrary: slice },
  { weight: 2, arbitrary: pod },
  { weight: 2, arbitrary: namespace },
)

export function identityOf(object: ObjectKey): string {
  return `${object.kind} ${keyOf(object)}`
}

const both: readonly Namespace[] = namespaces.map((name) => ({ kind: 'Namespace', name, labels: {} }))

/** A cluster: at most one object of a key; in most of them both namespaces are there. */
export const cluster: fc.Arbitrary<readonly ClusterObject[]> = fc
  .tuple(
    fc.uniqueArray(object, { selector: identityOf, maxLength: 14 }),
    fc.oneof({ weight: 4, arbitrary: fc.constant(both) }, { weight: 1, arbitrary: fc.constant([]) }),
  )
  .map(([objects, more]) => [...new Map([...more, ...objects].map((each) => [identityOf(each), each])).values()])

/** Lines of a `kubernetes` block. */
export const options: fc.Arbitrary<readonly string[]> = fc
  .tuple(
    fc.constantFrom('pods disabled', 'pods insecure', 'pods verified'),
    fc.subarray(['endpoint_pod_names', 'namespaces a', 'ttl 30', 'zonal', 'labels app!=two']),
  )
  .map(([pods, others]) => [pods, ...others])

/** Optional fields of objects are absent rather than undefined. */
function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  // What is left has no undefined in it.
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as never
}
