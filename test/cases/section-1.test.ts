import { expect } from 'chai'
import { buildCorefile } from '../support/serve.ts'

/** One line of the configuration surface: what the directive takes, or how it is refused. */
interface OptionRow {
  /** Section and item of the specification page. */
  readonly at: string
  readonly title: string
  readonly corefile: string
  /** Without the position; undefined: it starts. */
  readonly error?: string
  /** What docs/differences.md says of it. */
  readonly differs?: string
}

const directive = (...lines: readonly string[]) =>
  `cluster.local in-addr.arpa {\nkubernetes {\n${lines.map((line) => `${line}\n`).join('')}}\n}\n`

const wrong = (last: string) => `Wrong argument count or unexpected line ending after '${last}'`

const rows: readonly OptionRow[] = [
  { at: '1.1', title: 'no zones: those of the block', corefile: 'cluster.local {\nkubernetes\n}\n' },
  { at: '1.1', title: 'a CIDR among the zones', corefile: '. {\nkubernetes cluster.local 10.0.0.0/17\n}\n' },
  {
    at: '1.1',
    title: 'twice in a block',
    corefile: '. {\nkubernetes cluster.local\nkubernetes cluster.local\n}\n',
    error: 'this plugin can only be used once per Server Block',
  },
  {
    at: '1.2',
    title: 'reverse zones alone',
    corefile: 'in-addr.arpa {\nkubernetes\n}\n',
    error: 'non-reverse zone name must be used',
  },
  {
    at: '1.3',
    title: 'an unknown option',
    corefile: directive('upstream'),
    error: "unknown property 'upstream'",
  },
  ...['ttl 0', 'ttl 3600', 'pods disabled', 'pods insecure', 'pods verified', 'endpoint_pod_names', 'noendpoints'].map(
    works,
  ),
  ...['zonal', 'ignore empty_service', 'namespaces a b', 'namespace_labels a=b', 'labels a in (b, c)'].map(works),
  ...['fallthrough', 'fallthrough in-addr.arpa 10.0.0.0/8', 'endpoint https://a https://b', 'tls cert key ca'].map(
    works,
  ),
  ...['kubeconfig file', 'kubeconfig file context', 'multicluster cluster.local', 'startup_timeout 5s'].map(works),
  ...['apiserver_qps 1.5', 'apiserver_burst 10', 'apiserver_max_inflight 0'].map(works),
  refused('ttl 3601', 'ttl must be in range [0, 3600]: 3601'),
  refused('ttl x', 'strconv.Atoi: parsing "x": invalid syntax'),
  refused('ttl', wrong('ttl')),
  refused('pods all', 'wrong value for pods: all,  must be one of: disabled, verified, insecure'),
  refused('pods', wrong('pods')),
  refused('endpoint_pod_names yes', wrong('yes')),
  refused('noendpoints yes', wrong('yes')),
  refused('namespaces', wrong('namespaces')),
  refused('tls cert key', wrong('key')),
  refused('kubeconfig', wrong('kubeconfig')),
  refused('ignore something', "unable to parse ignore value: 'something'"),
  { ...refused('ignore', wrong('ignore')), differs: '`ignore` without a value' },
]

function works(line: string): OptionRow {
  return { at: '1.3', title: line, corefile: directive(line) }
}

function refused(line: string, error: string): OptionRow {
  return { at: '1.3', title: line, corefile: directive(line), error }
}

describe('specification, section 1: the configuration', () => {
  for (const { at, title, corefile, error, differs } of rows) {
    const outcome = error === undefined ? 'starts' : error
    it(`§${at}: ${title}: ${outcome}${differs === undefined ? '' : ` (differs: ${differs})`}`, () => {
      if (error === undefined) expect(() => buildCorefile(corefile)).not.to.throw()
      else {
        expect(() => buildCorefile(corefile))
          .to.throw()
          .with.property('message')
          .that.matches(/^plugin\/kubernetes: Corefile:\d+ - Error during parsing: /)
          .and.includes(error)
      }
    })
  }

  it('§1.3: `zonal` with `noendpoints`, `namespaces` with `namespace_labels`: refused together', () => {
    for (const lines of [
      ['zonal', 'noendpoints'],
      ['namespaces a', 'namespace_labels a=b'],
    ]) {
      expect(() => buildCorefile(directive(...lines)), lines.join()).to.throw(/^plugin\/kubernetes: Corefile:\d+/)
    }
  })
})
