import { expect } from 'chai'
import { parseSelector } from '../../../src/cluster/selector.ts'
import { parseCorefile } from '../../../src/corefile/parser.ts'
import type { KubernetesConfig } from '../../../src/plugins/kubernetes/config.ts'
import { readConfig } from '../../../src/plugins/kubernetes/setup.ts'
import { memoryIo } from '../../corefile/memory-io.ts'
import { buildCorefile, serveManifests } from '../../support/serve.ts'

const defaults = {
  zones: ['cluster.local.'],
  primaryZone: 'cluster.local.',
  ttl: 5,
  pods: 'disabled',
  endpointPodNames: false,
  fallthrough: [],
  namespaces: undefined,
  noEndpoints: false,
  zonal: false,
  ignoreEmptyService: false,
  multiclusterZones: [],
  startupTimeoutMs: 5000,
  api: {},
}

/** The configuration that a Corefile's `kubernetes` directive makes. */
function configOf(corefile: string): KubernetesConfig {
  const [serverBlock] = parseCorefile(corefile, 'Corefile', memoryIo()).serverBlocks
  const directive = serverBlock?.directives.find(({ name }) => name === 'kubernetes')
  if (serverBlock === undefined || directive === undefined) throw new Error('no kubernetes directive')
  return readConfig(directive, serverBlock)
}

const cases = [
  { title: 'nothing: the zones of the block', text: 'kubernetes', config: {} },
  {
    title: 'zones, in any case, a CIDR among them',
    text: 'kubernetes 10.0.0.0/8 K8S.test other.test.',
    config: { zones: ['10.in-addr.arpa.', 'k8s.test.', 'other.test.'], primaryZone: 'k8s.test.' },
  },
  { title: 'ttl, the least', text: 'kubernetes {\nttl 0\n}', config: { ttl: 0 } },
  { title: 'ttl, the most', text: 'kubernetes {\nttl 3600\n}', config: { ttl: 3600 } },
  { title: 'ttl with a sign', text: 'kubernetes {\nttl +30\n}', config: { ttl: 30 } },
  { title: 'the last of two', text: 'kubernetes {\nttl 10\nttl 20\n}', config: { ttl: 20 } },
  { title: 'pods disabled', text: 'kubernetes {\npods disabled\n}', config: { pods: 'disabled' } },
  { title: 'pods insecure', text: 'kubernetes {\npods insecure\n}', config: { pods: 'insecure' } },
  { title: 'pods verified', text: 'kubernetes {\npods verified\n}', config: { pods: 'verified' } },
  {
    title: 'endpoint_pod_names',
    text: 'kubernetes {\nendpoint_pod_names\n}',
    config: { endpointPodNames: true },
  },
  { title: 'fallthrough of all names', text: 'kubernetes {\nfallthrough\n}', config: { fallthrough: ['.'] } },
  {
    title: 'fallthrough of some',
    text: 'kubernetes {\nfallthrough In-Addr.arpa 10.0.0.0/8\n}',
    config: { fallthrough: ['in-addr.arpa.', '10.in-addr.arpa.'] },
  },
  {
    title: 'namespaces, over two lines',
    text: 'kubernetes {\nnamespaces a b\nnamespaces c\n}',
    config: { namespaces: new Set(['a', 'b', 'c']) },
  },
  {
    title: 'labels, the whole line',
    text: 'kubernetes {\nlabels environment in (staging, qa),application=nginx\n}',
    config: { labels: parseSelector('environment in (staging,qa),application=nginx') },
  },
  {
    title: 'labels, the last of two',
    text: 'kubernetes {\nlabels a=b\nlabels c\n}',
    config: { labels: parseSelector('c') },
  },
  {
    title: 'labels that must not be (CoreDNS: an error)',
    text: 'kubernetes {\nlabels a!=b\n}',
    config: { labels: parseSelector('a!=b') },
  },
  {
    title: 'labels in quotes, with nothing in them',
    text: 'kubernetes {\nlabels ""\n}',
    config: { labels: [] },
  },
  {
    title: 'namespace_labels',
    text: 'kubernetes {\nnamespace_labels istio-injection = enabled\n}',
    config: { namespaceLabels: parseSelector('istio-injection=enabled') },
  },
  { title: 'noendpoints', text: 'kubernetes {\nnoendpoints\n}', config: { noEndpoints: true } },
  { title: 'zonal', text: 'kubernetes {\nzonal\n}', config: { zonal: true } },
  {
    title: 'ignore empty_service',
    text: 'kubernetes {\nignore empty_service\n}',
    config: { ignoreEmptyService: true },
  },
  {
    title: 'multicluster, one of the zones',
    text: 'kubernetes cluster.local clusterset.local {\nmulticluster ClusterSet.local\n}',
    config: { zones: ['cluster.local.', 'clusterset.local.'], multiclusterZones: ['clusterset.local.'] },
  },
  {
    title: 'multicluster, all of the zones, those of the block',
    text: 'kubernetes {\nmulticluster cluster.local\n}',
    config: { multiclusterZones: ['cluster.local.'] },
  },
  { title: 'multicluster without zones', text: 'kubernetes {\nmulticluster\n}', config: {} },
  { title: 'startup_timeout', text: 'kubernetes {\nstartup_timeout 1m0.5s\n}', config: { startupTimeoutMs: 60_500 } },
  {
    title: 'startup_timeout 0 (CoreDNS: ends)',
    text: 'kubernetes {\nstartup_timeout 0\n}',
    config: { startupTimeoutMs: 0 },
  },
  {
    title: 'endpoint',
    text: 'kubernetes {\nendpoint https://api.test:6443\n}',
    config: { api: { endpoint: 'https://api.test:6443' } },
  },
  {
    title: 'endpoint, the first of several',
    text: 'kubernetes {\nendpoint https://a.test https://b.test\n}',
    config: { api: { endpoint: 'https://a.test' } },
  },
  {
    title: 'tls',
    text: 'kubernetes {\nendpoint https://a.test\ntls cert.pem key.pem ca.pem\n}',
    config: { api: { endpoint: 'https://a.test', tls: { cert: 'cert.pem', key: 'key.pem', ca: 'ca.pem' } } },
  },
  {
    title: 'kubeconfig',
    text: 'kubernetes {\nkubeconfig /etc/kube/config\n}',
    config: { api: { kubeconfig: { file: '/etc/kube/config' } } },
  },
  {
    title: 'kubeconfig with a context',
    text: 'kubernetes {\nkubeconfig config kind\n}',
    config: { api: { kubeconfig: { file: 'config', context: 'kind' } } },
  },
  {
    title: 'apiserver_qps, apiserver_burst, apiserver_max_inflight',
    text: 'kubernetes {\napiserver_qps 50.5\napiserver_burst 100\napiserver_max_inflight 25\n}',
    config: { api: { qps: 50.5, burst: 100, maxInflight: 25 } },
  },
  {
    title: 'limits of 0',
    text: 'kubernetes {\napiserver_qps 0\napiserver_burst 0\napiserver_max_inflight 0\n}',
    config: { api: { qps: 0, burst: 0, maxInflight: 0 } },
  },
  {
    title: 'apiserver_qps as Go writes it',
    text: 'kubernetes {\napiserver_qps +1e2\n}',
    config: { api: { qps: 100 } },
  },
]

describe('kubernetes: setup', () => {
  for (const { title, text, config } of cases) {
    it(title, () => {
      expect(configOf(`cluster.local {\n${text}\n}\n`)).to.deep.equal({ ...defaults, ...config })
    })
  }
})

const at = (line: number, message: string) => `plugin/kubernetes: Corefile:${line} - Error during parsing: ${message}`
const wrongCount = (word: string) => `Wrong argument count or unexpected line ending after '${word}'`

/** `kubernetes` opens in line 2, so what is wrong stands in line 3. */
const wrongLines = [
  { line: 'ttl', error: wrongCount('ttl') },
  { line: 'ttl 5 6', error: wrongCount('6') },
  { line: 'ttl 3601', error: 'ttl must be in range [0, 3600]: 3601' },
  { line: 'ttl -1', error: 'ttl must be in range [0, 3600]: -1' },
  { line: 'ttl 5s', error: 'strconv.Atoi: parsing "5s": invalid syntax' },
  { line: 'pods', error: wrongCount('pods') },
  { line: 'pods insecure verified', error: wrongCount('verified') },
  {
    line: 'pods maybe',
    error: 'wrong value for pods: maybe,  must be one of: disabled, verified, insecure',
  },
  { line: 'endpoint_pod_names yes', error: wrongCount('yes') },
  { line: 'namespaces', error: wrongCount('namespaces') },
  { line: 'fallthrough a..b', error: 'zone is not a valid domain name: a..b' },
  { line: 'fallthru', error: "unknown property 'fallthru', did you mean 'fallthrough'?" },
  { line: 'pod insecure', error: "unknown property 'pod', did you mean 'pods'?" },
  { line: 'upstream', error: "unknown property 'upstream'" },
  { line: 'resyncperiod 5m', error: "unknown property 'resyncperiod'" },
  { line: 'labels', error: wrongCount('labels') },
  {
    line: 'labels environment in (production, qa',
    error:
      "unable to parse label selector value: 'environment in (production, qa': couldn't parse the selector string" +
      ` "environment in (production, qa": unable to parse requirement: found '', expected: ',' or ')'`,
  },
  { line: 'namespace_labels', error: wrongCount('namespace_labels') },
  {
    line: 'namespace_labels =b',
    error:
      "unable to parse namespace_label selector value: '=b': couldn't parse the selector string" +
      ` "=b": found '=', expected: !, identifier, or 'end of string'`,
  },
  { line: 'noendpoints yes', error: wrongCount('yes') },
  { line: 'zonal yes', error: wrongCount('yes') },
  { line: 'ignore', error: wrongCount('ignore') },
  { line: 'ignore empty_services', error: "unable to parse ignore value: 'empty_services'" },
  { line: 'ignore empty_service too', error: wrongCount('too') },
  {
    line: 'multicluster clusterset.local',
    error:
      'is not authoritative for the multicluster zone clusterset.local. (authoritative zones: [cluster.local. in-addr.arpa.])',
  },
  { line: 'multicluster cluster.local a..b', error: 'zone is not a valid domain name: a..b' },
  { line: 'startup_timeout', error: wrongCount('startup_timeout') },
  { line: 'startup_timeout 5', error: 'failed to parse startup_timeout: 5, time: missing unit in duration "5"' },
  { line: 'startup_timeout soon', error: 'failed to parse startup_timeout: soon, time: invalid duration "soon"' },
  { line: 'startup_timeout -1s', error: 'startup_timeout must be >= 0: -1s' },
  { line: 'startup_timeout 5s 6s', error: wrongCount('6s') },
  { line: 'endpoint', error: wrongCount('endpoint') },
  { line: 'tls', error: wrongCount('tls') },
  { line: 'tls cert key', error: wrongCount('key') },
  { line: 'tls cert key ca more', error: wrongCount('more') },
  { line: 'kubeconfig', error: wrongCount('kubeconfig') },
  { line: 'kubeconfig file context more', error: wrongCount('more') },
  { line: 'apiserver_qps', error: wrongCount('apiserver_qps') },
  { line: 'apiserver_qps 1 2', error: wrongCount('2') },
  { line: 'apiserver_qps -10', error: 'apiserver_qps must be >= 0' },
  {
    line: 'apiserver_qps many',
    error: 'invalid apiserver_qps "many": strconv.ParseFloat: parsing "many": invalid syntax',
  },
  {
    line: 'apiserver_qps 1e39',
    error: 'invalid apiserver_qps "1e39": strconv.ParseFloat: parsing "1e39": value out of range',
  },
  { line: 'apiserver_burst', error: wrongCount('apiserver_burst') },
  { line: 'apiserver_burst -5', error: 'apiserver_burst must be >= 0' },
  {
    line: 'apiserver_burst 1.5',
    error: 'invalid apiserver_burst "1.5": strconv.Atoi: parsing "1.5": invalid syntax',
  },
  { line: 'apiserver_max_inflight', error: wrongCount('apiserver_max_inflight') },
  { line: 'apiserver_max_inflight -1', error: 'apiserver_max_inflight must be >= 0' },
  {
    line: 'apiserver_max_inflight x',
    error: 'invalid apiserver_max_inflight "x": strconv.Atoi: parsing "x": invalid syntax',
  },
  { line: 'noendpoint', error: "unknown property 'noendpoint', did you mean 'noendpoints'?" },
]

const wrongDirectives = [
  {
    title: 'reverse zones alone',
    corefile: 'in-addr.arpa {\n\nkubernetes\n}\n',
    error: at(3, 'non-reverse zone name must be used'),
  },
  {
    title: 'a zone with no room for the names of its SOA record',
    corefile: `. {\n\nkubernetes ${longZone(245)}\n}\n`,
    error: at(3, `zone ${longZone(245)} has 245 octets, at most 244 may be`),
  },
  {
    title: 'a zone that is none',
    corefile: '. {\n\nkubernetes a..b\n}\n',
    error: at(3, 'zone is not a valid domain name: a..b'),
  },
  {
    title: 'twice in a block',
    corefile: '. {\nkubernetes\nkubernetes\n}\n',
    error: at(3, 'this plugin can only be used once per Server Block'),
  },
  ...['namespaces a\nnamespace_labels b', 'namespace_labels b\nnamespaces a'].map((lines) => ({
    title: lines.replaceAll('\n', ', then '),
    corefile: `. {\nkubernetes {\nttl 5\n${lines}\npods insecure\n}\n}\n`,
    error: at(5, 'namespaces and namespace_labels cannot both be set'),
  })),
  ...['zonal\nnoendpoints', 'noendpoints\nzonal'].map((lines) => ({
    title: lines.replaceAll('\n', ', then '),
    corefile: `. {\nkubernetes {\n${lines}\n}\n}\n`,
    error: at(4, 'zonal requires the endpoint cache; remove noendpoints'),
  })),
]

describe('kubernetes: setup refuses', () => {
  for (const { line, error } of wrongLines) {
    it(`${line}: ${error}`, () => {
      expect(() => buildCorefile(`cluster.local in-addr.arpa {\nkubernetes {\n${line}\n}\n}\n`))
        .to.throw()
        .with.property('message', at(3, error))
    })
  }
  for (const { title, corefile, error } of wrongDirectives) {
    it(`${title}: ${error}`, () => {
      expect(() => buildCorefile(corefile))
        .to.throw()
        .with.property('message', error)
    })
  }
})

const remarks = [
  {
    title: 'nothing of what works',
    lines: ['labels a=b', 'apiserver_qps 5', 'startup_timeout 0', 'kubeconfig file', 'tls a b c'],
    logged: [],
  },
  {
    title: 'that of several endpoints the first counts',
    lines: ['endpoint https://a.test https://b.test'],
    logged: [
      "[WARNING] plugin/kubernetes: Multiple endpoints have been deprecated, only the first specified endpoint 'https://a.test' is used",
    ],
  },
]

describe('kubernetes: setup remarks on', () => {
  for (const { title, lines, logged } of remarks) {
    it(title, () => {
      const server = serveManifests('', `cluster.local {\nkubernetes {\n${lines.join('\n')}\n}\n}\n`)
      expect(server.lines).to.deep.equal(logged)
    })
  }
})

/** A zone of so many octets on the wire. */
function longZone(octets: number): string {
  const whole = Math.floor((octets - 2) / 64)
  return `${`${'a'.repeat(63)}.`.repeat(whole)}${'b'.repeat(octets - 2 - 64 * whole)}.`
}
