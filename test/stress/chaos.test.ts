import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { kinds } from '../../src/cluster/model.ts'
import type { ClusterStore } from '../../src/cluster/store.ts'
import { systemTimer, type Timer } from '../../src/util/timer.ts'
import { follow, type LiveOptions } from '../cluster/live/harness.ts'
import { changed } from '../contract/cluster-source.ts'
import { apiImport, apiNamespace, apiPod, apiService, apiSlice } from '../support/api-objects.ts'
import { ApiServer } from '../support/api-server/api-server.ts'
import type { ResourceName } from '../support/api-server/resources.ts'
import { failure } from '../support/api-server/status.ts'
import { serveManifests, type TestServer } from '../support/serve.ts'
import { Random } from './random.ts'

const seconds = Number(process.env.STRESS_SECONDS ?? 60)

/** The same seed makes the same changes and faults; what they meet differs from run to run. */
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 2 ** 31)

const corefile = `cluster.local clusterset.local in-addr.arpa {
    kubernetes cluster.local clusterset.local in-addr.arpa {
        pods verified
        multicluster clusterset.local
    }
}
`
/** Ten times as fast, so that the minute is not slept away between attempts: they are up to half a minute apart. */
const timer: Timer = {
  now: () => systemTimer.now() * 10,
  after: (ms, run) => systemTimer.after(ms / 10, run),
}
const options: LiveOptions = { needs: { pods: true, serviceImports: true }, timer }

const namespaces = ['a', 'b', 'c']
const services = ['web', 'db', 'api', 'cache']

/** Every name that may exist, and some that never do. */
const questions = [
  ...namespaces.flatMap((namespace) => [
    `${namespace}.svc.cluster.local. A`,
    ...services.flatMap((name) => [
      `${name}.${namespace}.svc.cluster.local. A`,
      `${name}.${namespace}.svc.cluster.local. SRV`,
      `_http._tcp.${name}.${namespace}.svc.cluster.local. SRV`,
      `pod-1.${name}.${namespace}.svc.cluster.local. A`,
      `${name}.${namespace}.svc.clusterset.local. A`,
    ]),
    `10-1-0-1.${namespace}.pod.cluster.local. A`,
  ]),
  ...Array.from({ length: 8 }, (_, host) => `${host}.0.1.10.in-addr.arpa. PTR`),
  'nowhere.svc.cluster.local. A',
]

describe(`a cluster in which everything goes wrong for ${seconds} s, with seed ${seed}`, () => {
  it('is in the end, in the store and in every answer, what a fresh reading of it is', async function () {
    this.timeout(seconds * 1000 + 60_000)
    const rejections: unknown[] = []
    const onRejection = (reason: unknown) => rejections.push(reason)
    process.on('unhandledRejection', onRejection)
    const api = await ApiServer.start({ historyLimit: 300, bookmarkIntervalMs: 500 })
    const random = new Random(seed)
    for (let change = 0; change < 60; change++) changeSomething(api, random)

    const server = serveManifests('', corefile)
    const live = follow(api, { ...options, store: server.store })
    const followers = [live]
    try {
      const until = performance.now() + seconds * 1000
      const counts = { changes: 0, faults: 0, answers: 0 }
      while (performance.now() < until) {
        for (let change = random.below(8); change > 0; change--, counts.changes++) changeSomething(api, random)
        if (random.next() < 0.3 && ++counts.faults) await breakSomething(api, random)
        await askSomething(server, random)
        counts.answers++
        await sleep(random.below(20))
      }
      await mendEverything(api)

      const fresh = follow(api, { ...options, store: serveManifests('', corefile).store })
      followers.push(fresh)
      await fresh.started
      await changed(server.store, () => contents(server.store) === contents(fresh.store), 45_000)
      await expectSameAnswers(server, fresh.store)
      expect(live.source.status()).to.deep.include({ isReady: true })
      expect(counts.faults, 'faults').to.be.greaterThan(seconds)
      expect(counts.changes, 'changes').to.be.greaterThan(seconds * 20)
    } finally {
      for (const follower of followers) follower.stop()
      await api.stop()
      await sleep(50) // a rejection that nobody handles is told in a later turn
      process.off('unhandledRejection', onRejection)
    }
    expect(rejections).to.deep.equal([])
    expect(live.lines.filter((line) => line.includes('TypeError'))).to.deep.equal([])
  })
})

/** One object comes, changes or goes. */
function changeSomething(api: ApiServer, random: Random): void {
  const namespace = random.pick(namespaces)
  const service = random.pick(services)
  const name = `${namespace}/${service}`
  const address = () => `10.1.0.${random.below(8)}`
  const clusterIP = `10.96.${namespaces.indexOf(namespace)}.${services.indexOf(service) + 1}`
  const ports = [{ name: 'http', port: 80 + random.below(3), protocol: 'TCP' }]
  switch (random.below(10)) {
    case 0:
      api.put(apiNamespace(namespace))
      break
    case 1:
      api.put(apiService(name, { clusterIP, ports }))
      break
    case 2:
      api.put(apiService(name, { clusterIP: 'None', ports }))
      break
    case 3:
      api.put(apiService(name, { type: 'ExternalName', externalName: `${random.pick(services)}.a.svc.cluster.local` }))
      break
    case 4:
    case 5: {
      const endpoints = Array.from({ length: random.below(5) }, (_, number) => ({
        addresses: [address()],
        conditions: { ready: random.next() < 0.8 },
        hostname: `pod-${number}`,
      }))
      api.put(apiSlice(`${name}-${random.below(3)}`, service, endpoints))
      break
    }
    case 6:
      api.put(apiPod(`${namespace}/pod-${random.below(4)}`, address()))
      break
    case 7:
      api.put(apiImport(name, { type: 'ClusterSetIP', ips: [`10.7.0.${random.below(200)}`], ports }))
      break
    case 8: {
      const kind = random.pick(['Service', 'Service', 'Namespace', 'ServiceImport'])
      api.remove({ kind, metadata: kind === 'Namespace' ? { name: namespace } : { namespace, name: service } })
      break
    }
    default:
      api.remove({
        kind: 'EndpointSlice',
        metadata: { namespace, name: `${service}-${random.below(3)}` },
      })
  }
}

const resources: readonly (ResourceName | undefined)[] = ['services', 'endpointslices', 'namespaces', 'pods', undefined]

/** One thing goes wrong: for one request or a few, for one watch or all, or for a short while. */
async function breakSomething(api: ApiServer, random: Random): Promise<void> {
  const resource = random.pick(resources)
  const match = { ...(resource !== undefined && { resource }), verb: random.pick(['list', 'watch'] as const) }
  const times = { times: 1 + random.below(2) }
  const { faults, behaviour } = api
  const wrong: readonly (() => unknown)[] = [
    () => api.endWatches(resource),
    () => api.resetWatches(resource),
    () => api.sendLine(random.pick(['', '{"type":"ADDED"', 'null', '[]', '{"type":"RENAMED","object":{}}']), resource),
    () => api.sendError(failure(500, 'InternalError', 'no leader').status, resource),
    () => api.sendError(failure(410, 'Expired', 'too old resource version').status, resource),
    () => api.compact(),
    () => [api.compact(), api.resetWatches(resource)],
    () => faults.answer(match, { status: random.pick([401, 403, 404, 500, 503]) }, times),
    () => faults.answer(match, { status: 429, retryAfterSeconds: 0 }, times),
    () => faults.answer(match, { status: 410, reason: 'Expired' }, times),
    () => faults.page(match, times),
    () => faults.garbage(match, times),
    () => faults.reset(match, times),
    () => faults.cut(match, random.next(), times),
    () => faults.split(match, times),
    () => faults.slow(match, { octets: 100, delayMs: 1 }, times),
    () => [api.freezeWatches('lost', resource), sleep(5).then(() => api.resetWatches(resource))],
    () => {
      behaviour.streamingLists = random.pick(['served', 'forbidden', 'unknown'])
    },
    () => {
      behaviour.watchErrors = random.pick(['event', 'status'])
    },
    async () => {
      await api.stop()
      changeSomething(api, random)
      await sleep(random.below(30))
      await api.restart()
    },
  ]
  await random.pick(wrong)()
}

/** Asks, and lets the answer cache be held against one that is empty: `ask` compares them. */
async function askSomething(server: TestServer, random: Random): Promise<void> {
  await server.ask(random.pick(questions))
}

async function mendEverything(api: ApiServer): Promise<void> {
  api.faults.clear()
  api.permit()
  api.behaviour.streamingLists = 'served'
  await api.restart()
}

function contents(store: ClusterStore): string {
  return JSON.stringify([store.isSynced, ...kinds.map((kind) => store.list(kind))])
}

/** Of the server that went through it all, cache and all, and of one that has just read the cluster. */
async function expectSameAnswers(server: TestServer, store: ClusterStore): Promise<void> {
  const fresh = serveManifests('', corefile)
  fresh.store.replace(
    kinds,
    kinds.flatMap((kind) => [...store.list(kind)]),
  )
  for (const question of questions) {
    const [old, young] = [await server.ask(question), await fresh.ask(question)]
    const { authority: _, ...answer } = old // its serial is the time of the last change
    const { authority: __, ...expected } = young
    expect({ question, ...answer }).to.deep.equal({ question, ...expected })
  }
}
