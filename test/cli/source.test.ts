import { expect } from 'chai'
import { kubernetesConfigs } from '../../src/cli/configuration.ts'
import { chooseFeed, type Feed, limitsOf } from '../../src/cli/source.ts'
import { ClusterStore } from '../../src/cluster/store.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import type { KubernetesConfig } from '../../src/plugins/kubernetes/config.ts'
import { pluginOrder } from '../../src/plugins/order.ts'
import { createLogger } from '../../src/util/log.ts'
import { Metrics } from '../../src/util/metrics.ts'
import { memoryIo } from '../corefile/memory-io.ts'
import { run, shop, testFolder } from './run.ts'

/** A Corefile with a directive `kubernetes` for each, which has these lines. */
const corefileOf = (...directives: readonly (readonly string[])[]) =>
  directives.map((lines, index) => `zone${index}.local {\nkubernetes {\n${lines.join('\n')}\n}\n}\n`).join('')

function configsOf(...directives: readonly (readonly string[])[]): KubernetesConfig[] {
  const directiveNames = pluginOrder.map(({ name }) => name)
  return kubernetesConfigs(parseCorefile(corefileOf(...directives), 'Corefile', memoryIo(), { directiveNames }))
}

interface Given {
  readonly file?: string
  readonly kubeconfig?: string
  readonly context?: string
  readonly directives?: readonly (readonly string[])[]
}

async function choose({
  file,
  directives = [[]],
  ...live
}: Given): Promise<{ feed: Feed | undefined; lines: string[] }> {
  const lines: string[] = []
  const log = createLogger((line) => lines.push(line), 'debug')
  const cluster = new ClusterStore({ now: () => 0 })
  const options = { file: file === undefined ? [] : [file], serviceCidr: [], podCidr: [], ...live }
  const feed = await chooseFeed(options, { configs: configsOf(...directives), cluster, log, metrics: new Metrics() })
  return { feed, lines }
}

describe('serve: where the cluster comes from', () => {
  const cluster = (name: string) => ({ name, cluster: { server: `https://${name}.example` } })
  const context = (name: string) => ({ name: `c-${name}`, context: { cluster: name } })
  const folder = testFolder({
    config: JSON.stringify({
      clusters: [cluster('east'), cluster('west')],
      contexts: [context('east'), context('west')],
      'current-context': 'c-east',
    }),
  })

  const environment = { ...process.env }
  beforeEach(() => {
    process.env.KUBERNETES_SERVICE_HOST = '10.96.0.1'
    process.env.KUBERNETES_SERVICE_PORT = '443'
  })
  afterEach(() => {
    for (const name of ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT']) {
      if (environment[name] === undefined) delete process.env[name]
      else process.env[name] = environment[name]
    }
  })

  const east = '3 kinds of https://east.example (config)'
  const west = '3 kinds of https://west.example (config)'
  const cases: { title: string; given: () => Given; source: string | undefined; patienceMs?: number }[] = [
    { title: 'no directive: nowhere', given: () => ({ directives: [] }), source: undefined },
    {
      title: 'a directive: the cluster that we are in',
      given: () => ({}),
      source: "3 kinds of https://10.96.0.1 (the Pod's service account)",
    },
    {
      title: '--kubeconfig',
      given: () => ({ kubeconfig: folder.path('config') }),
      source: east,
    },
    {
      title: '--kubeconfig and --context',
      given: () => ({ kubeconfig: folder.path('config'), context: 'c-west' }),
      source: west,
    },
    {
      title: '--kubeconfig before what directives say, be it one thing or several',
      given: () => ({
        kubeconfig: folder.path('config'),
        directives: [['endpoint http://a.example'], ['endpoint http://b.example']],
      }),
      source: east,
    },
    {
      title: 'kubeconfig of the directive',
      given: () => ({ directives: [[`kubeconfig ${folder.path('config')}`]] }),
      source: east,
    },
    {
      title: 'kubeconfig of the directive, with a context, before its endpoint',
      given: () => ({ directives: [['endpoint http://a.example', `kubeconfig ${folder.path('config')} c-west`]] }),
      source: west,
    },
    {
      title: 'endpoint',
      given: () => ({ directives: [['endpoint http://a.example:8080']] }),
      source: '3 kinds of http://a.example:8080',
    },
    {
      title: 'endpoint and tls',
      given: () => ({ directives: [['endpoint a.example:6443', 'tls c k a']] }),
      source: '3 kinds of https://a.example:6443',
    },
    {
      title: 'two directives with the same API server; all that they need',
      given: () => ({ directives: [['endpoint http://a.example', 'pods verified'], ['endpoint http://a.example']] }),
      source: '4 kinds of http://a.example',
    },
    {
      title: 'the longest wait of several',
      given: () => ({ directives: [['startup_timeout 1s'], ['startup_timeout 20s'], ['startup_timeout 0s']] }),
      source: "3 kinds of https://10.96.0.1 (the Pod's service account)",
      patienceMs: 20_000,
    },
  ]
  for (const { title, given, source, patienceMs = 5000 } of cases) {
    it(title, async () => {
      const { feed, lines } = await choose(given())
      expect(feed && folder.relative(feed.source.name)).to.equal(source)
      expect(feed?.patienceMs).to.equal(source === undefined ? undefined : patienceMs)
      expect(lines).to.deep.equal([])
    })
  }

  it('manifests, without end of patience', async () => {
    const { feed, lines } = await choose({ file: shop })
    expect(feed?.patienceMs).to.equal(Number.POSITIVE_INFINITY)
    expect(feed?.source.name).to.include(shop)
    expect(lines).to.deep.equal([])
  })

  it('manifests: what a directive says of an API server is without effect', async () => {
    const { lines } = await choose({
      file: shop,
      directives: [
        ['tls a b c', 'endpoint http://a.example', 'kubeconfig x'],
        ['apiserver_qps 5'],
        ['endpoint b.example'],
      ],
    })
    const warning = '[WARNING] plugin/kubernetes: without effect, as the cluster is read from manifests:'
    expect(lines).to.deep.equal([`${warning} endpoint, tls, kubeconfig`, `${warning} endpoint`])
  })

  const different: { title: string; directives: () => readonly (readonly string[])[] }[] = [
    { title: 'two endpoints', directives: () => [['endpoint http://a.example'], ['endpoint http://b.example']] },
    { title: 'an endpoint, and the cluster that we are in', directives: () => [['endpoint http://a.example'], []] },
    {
      title: 'two contexts',
      directives: () => ['c-east', 'c-west'].map((name) => [`kubeconfig ${folder.path('config')} ${name}`]),
    },
  ]
  for (const { title, directives } of different) {
    it(`refused: ${title}`, async () => {
      const error = await choose({ directives: directives() }).catch((thrown: unknown) => thrown)
      expect(error).to.include({
        code: 'CLUSTER_ACCESS',
        message:
          'found directives `kubernetes` with different API servers, expected one: a server answers from one cluster',
      })
    })
  }

  it('a context that is not there: exit code 1, and those that there are', async () => {
    const { code, out, err } = await run('serve', '--kubeconfig', folder.path('config'), '--context', 'x')
    expect({ code, out, err: folder.relative(err) }).to.deep.equal({
      code: 1,
      out: '',
      err: "config: found context 'x', which is not there, expected one of: c-east, c-west",
    })
  })
})

describe('serve: how hard the API server is pressed', () => {
  const cases: { title: string; directives: readonly (readonly string[])[]; limits: object }[] = [
    { title: 'as it is by default', directives: [[]], limits: {} },
    {
      title: 'as a directive says',
      directives: [['apiserver_qps 2.5', 'apiserver_burst 7', 'apiserver_max_inflight 3']],
      limits: { qps: 2.5, burst: 7, maxInflight: 3 },
    },
    {
      title: '0 is no limit of ours',
      directives: [['apiserver_qps 0', 'apiserver_burst 0', 'apiserver_max_inflight 0']],
      limits: {},
    },
    {
      title: 'the tightest of several, each for itself',
      directives: [
        ['apiserver_qps 5', 'apiserver_burst 10'],
        ['apiserver_qps 50', 'apiserver_burst 1'],
        ['apiserver_qps 0'],
        [],
      ],
      limits: { qps: 5, burst: 1 },
    },
  ]
  for (const { title, directives, limits } of cases) {
    it(title, () => expect(limitsOf(configsOf(...directives))).to.deep.equal(limits))
  }
})
