import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { memoryIo } from './memory-io.ts'
import { outline } from './outline.ts'

const reverse = 'in-addr.arpa ip6.arpa'
const kubernetes = `kubernetes cluster.local ${reverse} { pods insecure; fallthrough ${reverse}; ttl 30 }`
const kubernetesOfK3s = `kubernetes cluster.local ${reverse} { pods insecure; fallthrough ${reverse} }`
const kubernetesOfKindIpv6 = `kubernetes cluster.local internal ${reverse} { pods insecure; ttl 30 }`
const nodeHosts = 'hosts /etc/coredns/NodeHosts { ttl 60; reload 15s; fallthrough }'
const cacheOfKubeadm = 'cache 30 { disable success cluster.local; disable denial cluster.local }'
const cacheOfOpenShift = 'cache 900 { denial 9984 30 }'
const forward = 'forward . /etc/resolv.conf'
const forward1000 = `${forward} { max_concurrent 1000 }`
const blockOfNodelocal = [
  ...['errors', 'cache 30', 'reload', 'loop', 'bind 169.254.20.10', 'forward . 10.43.0.10 { force_tcp }'],
  'prometheus :9253',
]

/** What each puts into /etc/coredns, and the directives of each block that must come of it. */
const cases: readonly {
  distribution: string
  title?: string
  files?: Readonly<Record<string, string>>
  blocks: Readonly<Record<string, readonly string[]>>
  warnings?: readonly string[]
}[] = [
  {
    distribution: 'kubeadm',
    blocks: {
      'dns://.:53': [
        ...['errors', 'health { lameduck 5s }', 'ready', kubernetes, 'prometheus :9153', forward1000],
        ...[cacheOfKubeadm, 'loop', 'reload', 'loadbalance'],
      ],
    },
  },
  {
    distribution: 'kubeadm-1.31',
    title: 'and before',
    blocks: {
      'dns://.:53': [
        ...['errors', 'health { lameduck 5s }', 'ready', kubernetes, 'prometheus :9153', forward1000],
        ...['cache 30', 'loop', 'reload', 'loadbalance'],
      ],
    },
  },
  {
    distribution: 'addon',
    title: 'of kube-up',
    blocks: {
      'dns://.:53': [
        ...['errors', 'health { lameduck 5s }', 'ready', kubernetes, 'prometheus :9153', forward1000],
        ...['cache 30', 'loop', 'reload', 'loadbalance'],
      ],
    },
  },
  {
    distribution: 'kind-ipv6',
    title: "as kind's CI edits kubeadm's",
    blocks: {
      'dns://.:53': [
        ...['errors', 'health { lameduck 5s }', 'ready', kubernetesOfKindIpv6, 'prometheus :9153', forward1000],
        ...[cacheOfKubeadm, 'reload', 'loadbalance'],
      ],
    },
  },
  {
    distribution: 'kind-ipv6-offline',
    title: "as kind's CI edits one whose forward has no block",
    blocks: {
      'dns://.:53': [
        ...['errors', 'health { lameduck 5s }', 'ready', kubernetesOfKindIpv6, 'prometheus :9153', 'cache 30'],
        ...['reload', 'loadbalance'],
      ],
    },
  },
  {
    distribution: 'talos',
    blocks: {
      'dns://.:53': [
        ...['errors', 'health { lameduck 5s }', 'ready', 'log . { class error }', 'prometheus :9153', kubernetes],
        ...[forward1000, cacheOfKubeadm, 'loop', 'reload', 'loadbalance'],
      ],
    },
  },
  {
    distribution: 'helm',
    title: 'and RKE2',
    blocks: {
      'dns://.:53': [
        ...['errors', 'health { lameduck 10s }', 'ready', kubernetes, 'prometheus 0.0.0.0:9153', forward, 'cache 30'],
        ...['loop', 'reload', 'loadbalance'],
      ],
    },
  },
  {
    distribution: 'nodelocal',
    title: 'of RKE2',
    blocks: {
      'dns://cluster.local.:53': [
        ...['errors', 'cache { success 9984 30; denial 9984 5 }', 'reload', 'loop', 'bind 169.254.20.10'],
        ...['forward . 10.43.0.10 { force_tcp }', 'prometheus :9253', 'health 169.254.20.10:8080'],
      ],
      'dns://in-addr.arpa.:53': blockOfNodelocal,
      'dns://ip6.arpa.:53': blockOfNodelocal,
      'dns://.:53': [...['errors', 'cache 30', 'reload', 'loop', 'bind 169.254.20.10', forward, 'prometheus :9253']],
    },
  },
  {
    distribution: 'eks',
    blocks: {
      'dns://.:53': [
        ...['errors', 'health { lameduck 5s }', 'ready', kubernetesOfK3s, 'prometheus :9153', forward, 'cache 30'],
        ...['loop', 'reload', 'loadbalance'],
      ],
    },
  },
  {
    distribution: 'microk8s',
    title: 'with name servers of the user',
    blocks: {
      'dns://.:53': [
        ...['errors', 'health { lameduck 5s }', 'ready', 'log . { class error }', kubernetesOfK3s, 'prometheus :9153'],
        ...['forward . 8.8.8.8 8.8.4.4', 'cache 30', 'loop', 'reload', 'loadbalance'],
      ],
    },
  },
  {
    distribution: 'k0s',
    blocks: {
      'dns://.:53': [
        ...['errors', 'health', 'ready'],
        `kubernetes cluster.local ${reverse} { pods insecure; ttl 30; fallthrough ${reverse} }`,
        ...['prometheus :9153', forward, 'cache 30', 'loop', 'reload', 'loadbalance'],
      ],
    },
  },
  {
    distribution: 'minikube',
    blocks: {
      'dns://.:53': [
        ...['log', 'errors', 'health { lameduck 5s }', 'ready', kubernetes, 'prometheus :9153'],
        ...['hosts { 192.168.49.1 host.minikube.internal; fallthrough }', forward1000, cacheOfKubeadm],
        ...['loop', 'reload', 'loadbalance'],
      ],
    },
  },
  {
    distribution: 'deployment',
    title: 'with a stub domain',
    blocks: {
      'dns://.:53': [
        ...['errors', 'health { lameduck 5s }', 'ready'],
        ...[`kubernetes cluster.local ${reverse} { fallthrough ${reverse} }`, 'prometheus :9153', forward1000],
        ...['cache 30', 'loop', 'reload', 'loadbalance'],
      ],
      'dns://corp.local.:53': ['errors', 'cache 30', 'loop', 'forward . 10.150.0.1 { max_concurrent 1000 }'],
    },
  },
  {
    distribution: 'k3s',
    title: 'as installed',
    blocks: {
      'dns://.:53': [
        ...['errors', 'health', 'ready', kubernetesOfK3s, nodeHosts, 'prometheus :9153', forward, 'cache 30'],
        ...['loop', 'reload', 'loadbalance'],
      ],
    },
    warnings: [
      'No files matching import glob pattern: /etc/coredns/custom/*.override',
      'No files matching import glob pattern: /etc/coredns/custom/*.server',
    ],
  },
  {
    distribution: 'k3s',
    title: 'with coredns-custom',
    files: {
      'log.override': 'log\n',
      'corp.server': 'corp.example:53 {\n  forward . 10.1.0.1\n}\n',
      '..data': 'not matched',
    },
    blocks: {
      'dns://.:53': [
        ...['errors', 'health', 'ready', kubernetesOfK3s, nodeHosts, 'prometheus :9153', forward, 'cache 30'],
        ...['loop', 'reload', 'loadbalance', 'log'],
      ],
      'dns://corp.example.:53': ['forward . 10.1.0.1'],
    },
  },
  {
    distribution: 'aks',
    title: 'with coredns-custom',
    files: {
      'rewrite.override':
        'rewrite stop {\n  name regex (.*)\\.corp\\.example {1}.default.svc.cluster.local\n  answer auto\n}\n',
      'a.server': 'a.example:53 {\n  forward . 10.1.0.1\n}\n',
      'b.server': 'b.example:53 {\n  forward . 10.1.0.2\n}\n',
    },
    blocks: {
      'dns://.:53': [
        ...['errors', 'ready', 'health { lameduck 5s }', kubernetes, 'prometheus :9153', forward, 'cache 30'],
        ...['loop', 'reload', 'loadbalance'],
        'rewrite stop { name regex (.*)\\.corp\\.example {1}.default.svc.cluster.local; answer auto }',
        'template ANY ANY internal.cloudapp.net ' +
          '{ match ^(?:[^.]+\\.){4,}internal\\.cloudapp\\.net\\.$; rcode NXDOMAIN; fallthrough }',
        'template ANY ANY reddog.microsoft.com { rcode NXDOMAIN }',
      ],
      'dns://a.example.:53': ['forward . 10.1.0.1'],
      'dns://b.example.:53': ['forward . 10.1.0.2'],
    },
  },
  {
    distribution: 'openshift',
    title: 'with a custom server',
    blocks: {
      'dns://corp.example.:5353': [
        ...['prometheus 127.0.0.1:9153', 'forward . 10.1.0.1 10.1.0.2:5353 { policy random }', 'errors'],
        ...['log . { class error }', 'bufsize 1232', cacheOfOpenShift],
      ],
      'dns://.:5353': [
        ...['bufsize 1232', 'errors', 'log . { class error }', 'health { lameduck 20s }', 'ready', kubernetesOfK3s],
        ...['prometheus 127.0.0.1:9153', `${forward} { policy sequential }`, cacheOfOpenShift, 'reload'],
      ],
      'dns://hostname.bind.:5353': ['chaos'],
    },
  },
  {
    distribution: 'openshift-tls',
    title: 'with a custom server that is asked over TLS, at the log level Debug',
    blocks: {
      'dns://corp.example.:5353': [
        'prometheus 127.0.0.1:9153',
        'forward . tls://10.1.0.1 tls://10.1.0.2:8853 { tls_servername dns.corp.example; ' +
          'tls /etc/pki/dns.corp.example-ca-1/ca-bundle.crt; policy round_robin; force_tcp }',
        ...['errors', 'log . { class denial error }', 'bufsize 1232', cacheOfOpenShift],
      ],
      'dns://.:5353': [
        ...['bufsize 1232', 'errors', 'log . { class denial error }', 'health { lameduck 20s }', 'ready'],
        ...[kubernetesOfK3s, 'prometheus 127.0.0.1:9153', 'forward . 10.1.0.3:53 { policy sequential }'],
        ...[cacheOfOpenShift, 'reload'],
      ],
      'dns://hostname.bind.:5353': ['chaos'],
    },
  },
]

describe("corefile: the distributions' Corefiles", () => {
  it('are all here', () => {
    const files = readdirSync(`${import.meta.dirname}/distributions`).map((file) => file.replace('.Corefile', ''))
    expect(files.sort()).to.deep.equal([...new Set(cases.map(({ distribution }) => distribution))].sort())
  })

  for (const { distribution, title, files = {}, blocks, warnings = [] } of cases) {
    it(title === undefined ? distribution : `${distribution} ${title}`, () => {
      const text = readFileSync(`${import.meta.dirname}/distributions/${distribution}.Corefile`, 'utf8')
      const io = memoryIo(inCustomDirectory(files))
      const expected = Object.entries(blocks).map(([key, directives]) => `${key} { ${directives.join('; ')} }`)
      expect(outline(parseCorefile(text, '/etc/coredns/Corefile', io))).to.deep.equal(expected)
      expect(io.warnings).to.deep.equal(warnings)
    })
  }
})

function inCustomDirectory(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`/etc/coredns/custom/${name}`, text]))
}
