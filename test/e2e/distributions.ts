/**
 * The Corefiles that distributions of Kubernetes ship (test/corefile/distributions), and what a server with each of them
 * answers from fixtures/shop and one name server of the outside world.
 *
 * Where a number or a name follows from an option it is given with the distribution: `ttl 30`, `cache 900`, `pods insecure`.
 */
import { hostname } from 'node:os'

/** One question to the real dig, and what comes of it. */
export interface Asked {
  readonly title: string
  /** For dig: a name, a type, a class. */
  readonly ask: readonly string[]
  readonly status?: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL'
  /** Sorted, with single blanks. */
  readonly answer?: readonly string[]
  /** The zone whose SOA record stands in the authority section. */
  readonly soa?: string
  /** How the upstream must have been asked for it; undefined: by whatever transport, or not at all. */
  readonly through?: 'tcp' | 'tls' | 'nobody'
}

export interface Distribution {
  /** Of the Corefile. */
  readonly name: string
  readonly title: string
  /** What else lies in /etc/coredns, by name. */
  readonly files?: Readonly<Record<string, string>>
  /** What the endpoints of the process are; left out: all three. */
  readonly endpoints?: readonly ('health' | 'ready' | 'metrics')[]
  readonly asked: readonly Asked[]
}

/** What the upstream knows. */
export const outside: readonly string[] = [
  'www.example.com. 3600 IN A 192.0.2.80',
  '80.2.0.192.in-addr.arpa. 3600 IN PTR www.example.com.',
  'host.corp.local. 3600 IN A 192.0.2.81',
  'host.corp.example. 3600 IN A 192.0.2.82',
  'vm.internal.cloudapp.net. 3600 IN A 192.0.2.83',
  'host.a.example. 3600 IN A 192.0.2.84',
  // What a node's cache is told by the cluster's DNS.
  'web.shop.svc.cluster.local. 30 IN A 10.96.0.20',
  '20.0.96.10.in-addr.arpa. 30 IN PTR web.shop.svc.cluster.local.',
]

/** Names of the cluster, from `kubernetes` with this TTL. */
function cluster(ttl: number): Asked[] {
  return [
    {
      title: 'a Service',
      ask: ['web.shop.svc.cluster.local'],
      answer: [`web.shop.svc.cluster.local. ${ttl} IN A 10.96.0.20`],
      through: 'nobody',
    },
    {
      title: 'the port of a Service',
      ask: ['_http._tcp.web.shop.svc.cluster.local', 'SRV'],
      answer: [`_http._tcp.web.shop.svc.cluster.local. ${ttl} IN SRV 0 100 80 web.shop.svc.cluster.local.`],
    },
    {
      title: 'a Service that is not there',
      ask: ['nope.shop.svc.cluster.local'],
      status: 'NXDOMAIN',
      soa: 'cluster.local.',
      through: 'nobody',
    },
    {
      title: 'the address of a Service',
      ask: ['-x', '10.96.0.20'],
      answer: [`20.0.96.10.in-addr.arpa. ${ttl} IN PTR web.shop.svc.cluster.local.`],
      through: 'nobody',
    },
  ]
}

/** `pods insecure`. */
function insecurePods(ttl: number): Asked {
  return {
    title: 'an address as a Pod',
    ask: ['10-1-2-3.shop.pod.cluster.local'],
    answer: [`10-1-2-3.shop.pod.cluster.local. ${ttl} IN A 10.1.2.3`],
  }
}

const noPods: Asked = {
  title: 'an address as a Pod',
  ask: ['10-1-2-3.shop.pod.cluster.local'],
  status: 'NXDOMAIN',
  soa: 'cluster.local.',
}

/** Names outside of the cluster, with TTLs that `cache` limits. */
function others(ttl: number): Asked[] {
  return [
    {
      title: 'an outside name',
      ask: ['www.example.com'],
      answer: [`www.example.com. ${ttl} IN A 192.0.2.80`],
    },
    { title: 'an outside name over TCP', ask: ['+tcp', 'nope.example.com'], status: 'NXDOMAIN', soa: '.' },
  ]
}

/** `fallthrough in-addr.arpa ip6.arpa`. */
function otherAddress(ttl: number): Asked {
  return {
    title: 'an outside address',
    ask: ['-x', '192.0.2.80'],
    answer: [`80.2.0.192.in-addr.arpa. ${ttl} IN PTR www.example.com.`],
  }
}

/** All that a block with `pods insecure`, `fallthrough` and `cache 30` gives. */
function usual(ttl: number): Asked[] {
  return [...cluster(ttl), insecurePods(ttl), ...others(30), otherAddress(30)]
}

function hosts(address: string, name: string, pointer: string): Asked[] {
  return [
    { title: 'a host', ask: [name], answer: [`${name}. 30 IN A ${address}`], through: 'nobody' },
    {
      title: 'the address of a host',
      ask: ['-x', address],
      answer: [`${pointer}.in-addr.arpa. 30 IN PTR ${name}.`],
      through: 'nobody',
    },
  ]
}

/** Without `fallthrough`, and with the zone `internal`. */
const kindIpv6: readonly Asked[] = [
  ...cluster(30),
  insecurePods(30),
  { title: "a search domain of kind's CI", ask: ['www.google.internal'], status: 'NXDOMAIN', soa: 'internal.' },
  {
    title: 'an outside address',
    ask: ['-x', '192.0.2.80'],
    status: 'NXDOMAIN',
    soa: 'in-addr.arpa.',
    through: 'nobody',
  },
]

/** `cache 900`, and a block of its own for the server's name. */
const openshift: readonly Asked[] = [
  ...cluster(5),
  insecurePods(5),
  ...others(900),
  otherAddress(900),
  {
    title: 'the name of the server',
    ask: ['hostname.bind', 'CH', 'TXT'],
    answer: [`hostname.bind. 0 CH TXT "${hostname()}"`],
    through: 'nobody',
  },
]

const customOfK3s = {
  NodeHosts: '172.18.0.3 k3d-dev-server-0\n172.18.0.1 host.k3d.internal\n',
}

export const distributions: readonly Distribution[] = [
  { name: 'kubeadm', title: 'kubeadm since 1.32, kind, Docker Desktop', asked: usual(30) },
  { name: 'kubeadm-1.31', title: 'kubeadm up to 1.31', asked: usual(30) },
  { name: 'addon', title: "Kubernetes' own add-on", asked: usual(30) },
  { name: 'talos', title: 'Talos', asked: usual(30) },
  { name: 'kind-ipv6', title: "kind in an IPv6 cluster of Kubernetes' CI", asked: [...kindIpv6, ...others(30)] },
  {
    name: 'kind-ipv6-offline',
    title: 'the same without forward',
    asked: [...kindIpv6, { title: 'an outside name', ask: ['www.example.com'], status: 'SERVFAIL', through: 'nobody' }],
  },
  {
    name: 'minikube',
    title: 'minikube',
    asked: [...usual(30), ...hosts('192.168.49.1', 'host.minikube.internal', '1.49.168.192')],
  },
  {
    name: 'k3s',
    title: 'k3s, k3d',
    files: customOfK3s,
    asked: [
      ...usual(5),
      ...hosts('172.18.0.3', 'k3d-dev-server-0', '3.0.18.172'),
      ...hosts('172.18.0.1', 'host.k3d.internal', '1.0.18.172'),
    ],
  },
  {
    name: 'k3s',
    title: 'k3s, k3d with coredns-custom',
    files: {
      ...customOfK3s,
      'custom/log.override': 'log\n',
      'custom/corp.server': 'corp.example:53 {\n  forward . 10.1.0.1\n}\n',
    },
    asked: [
      ...usual(5),
      { title: 'a custom zone', ask: ['host.corp.example'], answer: ['host.corp.example. 3600 IN A 192.0.2.82'] },
    ],
  },
  { name: 'helm', title: "CoreDNS's Helm chart, RKE2", asked: usual(30) },
  {
    name: 'nodelocal',
    title: "RKE2's cache on the node",
    endpoints: ['health', 'metrics'],
    asked: [
      {
        title: 'a Service, from the DNS of the cluster',
        ask: ['web.shop.svc.cluster.local'],
        answer: ['web.shop.svc.cluster.local. 30 IN A 10.96.0.20'],
        through: 'tcp',
      },
      {
        title: 'a Service that is not there',
        ask: ['nope.shop.svc.cluster.local'],
        status: 'NXDOMAIN',
        soa: '.',
        through: 'tcp',
      },
      {
        title: 'the address of a Service',
        ask: ['-x', '10.96.0.20'],
        answer: ['20.0.96.10.in-addr.arpa. 30 IN PTR web.shop.svc.cluster.local.'],
        through: 'tcp',
      },
      ...others(30),
    ],
  },
  {
    name: 'deployment',
    title: 'coredns/deployment with a stub domain',
    asked: [
      ...cluster(5),
      noPods,
      ...others(30),
      otherAddress(30),
      { title: 'a stub domain', ask: ['host.corp.local'], answer: ['host.corp.local. 30 IN A 192.0.2.81'] },
    ],
  },
  {
    name: 'aks',
    title: 'AKS with coredns-custom',
    files: {
      'custom/rewrite.override':
        'rewrite stop {\n  name regex (.*)\\.corp\\.example {1}.shop.svc.cluster.local\n  answer auto\n}\n',
      'custom/a.server': 'a.example:53 {\n  forward . 10.1.0.1\n}\n',
    },
    asked: [
      ...usual(30),
      {
        title: 'a name that is rewritten',
        ask: ['web.corp.example'],
        answer: ['web.corp.example. 30 IN A 10.96.0.20'],
        through: 'nobody',
      },
      { title: 'a custom zone', ask: ['host.a.example'], answer: ['host.a.example. 3600 IN A 192.0.2.84'] },
      {
        title: 'a search path in front of a name of a virtual machine',
        ask: ['vm.shop.svc.cluster.internal.cloudapp.net'],
        status: 'NXDOMAIN',
        through: 'nobody',
      },
      {
        title: 'a virtual machine',
        ask: ['vm.internal.cloudapp.net'],
        answer: ['vm.internal.cloudapp.net. 30 IN A 192.0.2.83'],
      },
      { title: "Azure's old domain", ask: ['vm.reddog.microsoft.com'], status: 'NXDOMAIN', through: 'nobody' },
    ],
  },
  { name: 'eks', title: 'EKS', asked: usual(5) },
  { name: 'microk8s', title: 'MicroK8s', asked: usual(5) },
  { name: 'k0s', title: 'k0s', asked: usual(30) },
  {
    name: 'openshift',
    title: 'OpenShift with a custom server',
    asked: [
      ...openshift,
      { title: 'a custom zone', ask: ['host.corp.example'], answer: ['host.corp.example. 900 IN A 192.0.2.82'] },
    ],
  },
  {
    name: 'openshift-tls',
    title: 'OpenShift with a custom server that is asked over TLS',
    asked: [
      ...openshift,
      {
        title: 'a custom zone',
        ask: ['host.corp.example'],
        answer: ['host.corp.example. 900 IN A 192.0.2.82'],
        through: 'tls',
      },
    ],
  },
]

/** Where a test has things that a Corefile has at fixed places. */
export interface Places {
  /** Stands for `/`: of /etc/coredns, /etc/resolv.conf and /etc/pki. */
  readonly root: string
  readonly dns: number
  readonly health: number
  readonly ready: number
  readonly metrics: number
  /** In the form of an upstream of `forward`: of all of them, of those of tls://, and of /etc/resolv.conf. */
  readonly upstream: string
  readonly upstreamOverTls: string
  readonly resolvConf: string
}

/** A distribution's Corefile, or a file that it imports, moved to other ports, upstreams and folders; all else is as it was. */
export function moved(text: string, places: Places): string {
  const loopback = '127.0.0.1'
  return text
    .replaceAll(
      /^( *forward \. ) *(.*?)(?=$| \{)/gm,
      (_, head: string, targets: string) => head + movedTargets(targets),
    )
    .replaceAll(/^( *)(\S+):(53|5353) \{$/gm, `$1$2:${places.dns} {`)
    .replaceAll(/^( *)health( \S+:8080)?(?=$| \{)/gm, `$1health ${loopback}:${places.health}`)
    .replaceAll(/^( *)ready$/gm, `$1ready ${loopback}:${places.ready}`)
    .replaceAll(/^( *)prometheus \S*$/gm, `$1prometheus ${loopback}:${places.metrics}`)
    .replaceAll(/^( *)bind \S+$/gm, `$1bind ${loopback}`)
    .replaceAll(/ tls_servername \S+/g, ' tls_servername localhost')
    .replaceAll(/ (\/etc\/(coredns|pki)\/)/g, ` ${places.root}$1`)

  function movedTargets(targets: string): string {
    return targets
      .split(' ')
      .map((target) => {
        if (target === '/etc/resolv.conf') return places.resolvConf
        return target.startsWith('tls://') ? places.upstreamOverTls : places.upstream
      })
      .join(' ')
  }
}
