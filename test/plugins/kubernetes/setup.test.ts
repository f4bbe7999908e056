import { expect } from 'chai'
import { parseCorefile } from '../../../src/corefile/parser.ts'
import type { KubernetesConfig } from '../../../src/plugins/kubernetes/config.ts'
import { readConfig } from '../../../src/plugins/kubernetes/setup.ts'
import { memoryIo } from '../../corefile/memory-io.ts'
import { buildCorefile } from '../../support/serve.ts'

const defaults = {
  zones: ['cluster.local.'],
  primaryZone: 'cluster.local.',
  ttl: 5,
  pods: 'disabled',
  endpointPodNames: false,
  fallthrough: [],
  namespaces: undefined,
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
const unsupported = (name: string) => `property '${name}' is not supported yet`

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
  ...[
    'apiserver_burst 1',
    'apiserver_max_inflight 1',
    'apiserver_qps 1',
    'endpoint https://api.test',
    'ignore empty_service',
    'kubeconfig file',
    'labels a=b',
    'multicluster clusterset.local',
    'namespace_labels a=b',
    'noendpoints',
    'startup_timeout 5s',
    'tls a b c',
    'zonal',
  ].map((line) => ({ line, error: unsupported(line.replace(/ .*/, '')) })),
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
]

describe('kubernetes: setup refuses', () => {
  for (const { line, error } of wrongLines) {
    it(`${line}: ${error}`, () => {
      expect(() => buildCorefile(`cluster.local {\nkubernetes {\n${line}\n}\n}\n`))
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

/** A zone of so many octets on the wire. */
function longZone(octets: number): string {
  const whole = Math.floor((octets - 2) / 64)
  return `${`${'a'.repeat(63)}.`.repeat(whole)}${'b'.repeat(octets - 2 - 64 * whole)}.`
}
