import { clusterIp, externalName, headless, manifests, namespace, pod, service, slice } from '../support/manifests.ts'
import { type ServeOptions, serveManifests, type TestServer } from '../support/serve.ts'

/** The zone. */
export const z = 'cluster.local.'
/** The namespace that most objects are in, as a name. */
export const t = `testns.svc.${z}`
export const v4 = 'in-addr.arpa.'
export const v6 = 'ip6.arpa.'

/** One cluster for most cases: a Service of each shape in `testns`, Pods in `podns`, nothing in `emptyns`. */
export const objects: readonly object[] = [
  namespace('emptyns'),
  clusterIp('testns/web', '10.96.0.10'),
  slice('testns/web', { endpoints: [{ addresses: ['10.1.9.1'], hostname: 'weba' }] }),
  service('testns/unnamed', { clusterIP: '10.96.0.11', ports: [{ port: 8080 }] }),
  clusterIp('testns/dual', '10.96.0.13', 'fd00::13'),
  service('testns/multi', {
    clusterIP: '10.96.0.14',
    ports: [
      { name: 'http', port: 80 },
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ],
  }),
  service('testns/node', { type: 'NodePort', clusterIP: '10.96.0.15' }),
  service('testns/balanced', { type: 'LoadBalancer', clusterIP: '10.96.0.16', externalIPs: ['203.0.113.10'] }),
  headless('testns/hl'),
  slice('testns/hl', {
    endpoints: [
      { addresses: ['10.1.0.1'], hostname: 'pet-0' },
      { addresses: ['10.1.0.2'], targetRef: { kind: 'Pod', name: 'hl-1' } },
      { addresses: ['10.1.0.3'], conditions: { ready: false, serving: true } },
      { addresses: ['10.1.0.4'], targetRef: { kind: 'Pod', name: 'x'.repeat(64) } },
      { addresses: ['10.1.0.6'], conditions: { ready: true, terminating: true } },
    ],
  }),
  slice('testns/hl', {
    name: 'hl-six',
    endpoints: [{ addresses: ['fd00::1'], hostname: 'pet-0' }, { addresses: ['fd00:0:0:1::'] }],
  }),
  headless('testns/four'),
  slice('testns/four', { endpoints: [{ addresses: ['10.1.8.1'], hostname: 'a' }] }),
  headless('testns/unready'),
  slice('testns/unready', { endpoints: [{ addresses: ['10.1.1.1'], conditions: { ready: false } }] }),
  headless('testns/sliceless'),
  headless('testns/portless'),
  slice('testns/portless', { ports: [], endpoints: [{ addresses: ['10.1.2.1'] }] }),
  headless('testns/anyport'),
  slice('testns/anyport', { ports: [{ name: 'http' }], endpoints: [{ addresses: ['10.1.2.2'] }] }),
  headless('testns/twice'),
  slice('testns/twice', { name: 'twice-a', endpoints: [{ addresses: ['10.1.3.1'], hostname: 'a' }] }),
  slice('testns/twice', { name: 'twice-b', endpoints: [{ addresses: ['10.1.3.1'], hostname: 'a' }] }),
  headless('testns/ports'),
  slice('testns/ports', {
    ports: [{ name: 'http', port: 8080 }, { name: 'dns', port: 53, protocol: 'UDP' }, { port: 9000 }],
    endpoints: [{ addresses: ['10.1.4.1'], hostname: 'a' }, { addresses: ['10.1.4.2', '10.1.4.3'] }],
  }),
  headless('testns/left'),
  headless('testns/right'),
  ...['left', 'right'].map((name) => slice(`testns/${name}`, { endpoints: [{ addresses: ['10.0.0.99'] }] })),
  slice('testns/orphan', { endpoints: [{ addresses: ['10.1.5.1'] }] }),
  externalName('testns/ext', 'ext.example.com'),
  externalName('testns/astray', `nope.${t}`),
  externalName('testns/self', `self.${t}`),
  externalName('testns/alias', `web.${t}`),
  pod('podns/one', ['10.2.0.1', 'fd00:2::1']),
  pod('podns/six', ['fd00:2::2']),
]

/** The cluster as the text of one file. */
export const cluster = manifests(...objects)

/** A block of both forward and reverse zones whose `kubernetes` has these lines; `whoami` is its next plugin. */
export function blockOf(lines: readonly string[] = [], next = 'whoami'): string {
  return `cluster.local in-addr.arpa ip6.arpa {\nkubernetes {\n${lines.join('\n')}\n}\n${next}\n}\n`
}

/** A server of the cluster, reached at 10.1.0.53, whose `kubernetes` has these lines. */
export function serve(...lines: readonly string[]): TestServer {
  return serveManifests(cluster, blockOf(lines), atLocal)
}

/** As `serve`, before its source has said that this is all. */
export function serveUnsynced(): TestServer {
  const server = serve()
  server.store.expectSync()
  return server
}

/** A server of these objects alone. */
export function serveObjects(some: readonly object[], corefile = blockOf(), options = atLocal): TestServer {
  return serveManifests(manifests(...some), corefile, options)
}

export const atLocal: Omit<ServeOptions, 'corefile'> = { localAddresses: ['10.1.0.53'] }

/** Records in zone-file lines, with the default TTL. */
export const a = (name: string, ...addresses: readonly string[]) => addresses.map((ip) => `${name} 5 IN A ${ip}`)
export const aaaa = (name: string, ...addresses: readonly string[]) => addresses.map((ip) => `${name} 5 IN AAAA ${ip}`)
export const cname = (name: string, target: string) => `${name} 5 IN CNAME ${target}`
export const ptr = (name: string, ...targets: readonly string[]) => targets.map((to) => `${name} 5 IN PTR ${to}`)
export const srv = (name: string, weight: number, port: number, target: string) =>
  `${name} 5 IN SRV 0 ${weight} ${port} ${target}`

/** What `whoami` makes of a question: the query has come through to the next plugin. */
export function passedOn(name: string) {
  const records = (transport: 'udp' | 'tcp') => ({
    additional: [`${name} 0 IN A 192.0.2.1`, `_${transport}.${name} 0 IN SRV 0 0 40000 .`],
  })
  return { ...records('tcp'), overUdp: records('udp') }
}
