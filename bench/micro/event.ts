import type { ApiClient } from '../../src/cluster/live/client.ts'
import { ProgrammingDurations } from '../../src/cluster/live/programming-duration.ts'
import { ResourceProgress } from '../../src/cluster/live/progress.ts'
import { Reflector } from '../../src/cluster/live/reflector.ts'
import { watchedResources } from '../../src/cluster/live/resources.ts'
import type { Service } from '../../src/cluster/model.ts'
import { ClusterStore } from '../../src/cluster/store.ts'
import { fileIo } from '../../src/corefile/io.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { pluginOrder } from '../../src/plugins/order.ts'
import { buildGroups } from '../../src/server/build.ts'
import { defaultCorefile } from '../../src/server/default-corefile.ts'
import type { AnswerNote } from '../../src/server/observe.ts'
import { createResponder } from '../../src/server/responder.ts'
import { AnswerCache } from '../../src/transport/answer-cache.ts'
import { noAnswer } from '../../src/transport/listener.ts'
import { systemClock } from '../../src/util/clock.ts'
import { silentLogger } from '../../src/util/log.ts'
import { Metrics } from '../../src/util/metrics.ts'
import { systemTimer } from '../../src/util/timer.ts'
import { sampleService, sampleSlice } from '../../test/support/api-server/sample.ts'
import { times } from '../cluster/plan.ts'
import { encodeQuery } from '../loads/question.ts'
import { type Summary, summarise } from '../statistics.ts'

/** What a change takes inside of the process: from a watch's octets to the octets of an answer that tells of it. */
export interface EventResult {
  readonly endpoints: number
  /** Microseconds of one event, over several rounds. */
  readonly takeMicros: Summary
  /** Microseconds of the answer after it, which is a miss. */
  readonly answerMicros: Summary
}

const roundCount = 7

/** Endpoints of the slice that changes: a small one, and a full one. */
const sizes = [1, 100]

export function measureEvent(eventsPerRound: number): EventResult[] {
  return sizes.map((endpoints) => measureSize(endpoints, eventsPerRound))
}

export function formatEvent({ endpoints, takeMicros, answerMicros }: EventResult): string {
  const text = ({ median, min, max }: Summary) => `${median.toFixed(0)} µs (${min.toFixed(0)}-${max.toFixed(0)})`
  const slice = `a slice of ${endpoints} endpoint${endpoints === 1 ? '' : 's'}`
  return `in the process, ${slice}: ${text(takeMicros)} to take an event in, ${text(answerMicros)} to answer anew`
}

function measureSize(endpoints: number, eventsPerRound: number): EventResult {
  const bench = new EventBench(endpoints)
  const rounds = times(roundCount, () => bench.round(eventsPerRound)).slice(1) // the first one warms up
  bench.stop()
  return {
    endpoints,
    takeMicros: summarise(rounds.map(({ takeMicros }) => takeMicros)),
    answerMicros: summarise(rounds.map(({ answerMicros }) => answerMicros)),
  }
}

/** A reflector whose watch is fed by hand, and the server's responder behind it, on one headless Service. */
class EventBench {
  readonly #endpoints: number
  readonly #stop = new AbortController()
  readonly #feed: (octets: Buffer) => void
  readonly #ask: () => unknown
  #version = 1

  constructor(endpoints: number) {
    this.#endpoints = endpoints
    const store = new ClusterStore(systemClock)
    const { name, namespace = '' } = sampleService(0).metadata
    store.put(headlessService(namespace, name))
    store.put(headlessService(namespace, 'other'))
    store.put({ kind: 'Namespace', name: namespace, labels: {} })
    this.#feed = startReflector(store, this.#stop.signal)
    this.#feed(frame('ADDED', this.#slice()))
    this.#feed(Buffer.from(`${JSON.stringify(initialEnd)}\n`))
    const ask = responderOf(store)
    const query = (service: string) => encodeQuery({ name: `${service}.${namespace}.svc.cluster.local`, type: 'A' })
    // No cache of a real server is ever emptied by a change: lru-cache takes 250 µs to let its last entry go.
    ask(query('other'))
    const changing = query(name)
    this.#ask = () => ask(changing)
  }

  /** Lines are made before the clock runs. */
  round(events: number): { readonly takeMicros: number; readonly answerMicros: number } {
    const lines = times(events, () => frame('MODIFIED', this.#slice()))
    let take = 0
    let answer = 0
    for (const line of lines) {
      const began = performance.now()
      this.#feed(line)
      const taken = performance.now()
      this.#ask()
      answer += performance.now() - taken
      take += taken - began
    }
    return { takeMicros: (take * 1000) / events, answerMicros: (answer * 1000) / events }
  }

  stop(): void {
    this.#stop.abort()
  }

  /** Each has one address that the one before had not. */
  #slice(): object {
    const slice = sampleSlice(sampleService(0), this.#endpoints)
    const version = ++this.#version
    const endpoints = slice.endpoints as readonly object[] // as the API has it
    const address = `11.0.${(version >> 8) & 255}.${version & 255}`
    return {
      ...slice,
      metadata: { ...slice.metadata, resourceVersion: String(version) },
      endpoints: endpoints.map((each, index) =>
        index === version % endpoints.length ? { ...each, addresses: [address] } : each,
      ),
    }
  }
}

const initialEnd = {
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion: '1', annotations: { 'k8s.io/initial-events-end': 'true' } } },
}

function headlessService(namespace: string, name: string): Service {
  return {
    kind: 'Service',
    name,
    namespace,
    labels: {},
    type: 'ClusterIP',
    clusterIPs: [],
    headless: true,
    ports: [],
    publishNotReadyAddresses: false,
    externalIPs: [],
  }
}

function frame(type: string, object: object): Buffer {
  return Buffer.from(`${JSON.stringify({ type, object })}\n`)
}

/** @returns what takes octets of the watch of slices */
function startReflector(store: ClusterStore, signal: AbortSignal): (octets: Buffer) => void {
  const needs = { endpointSlices: true, pods: false, serviceImports: false, labels: false }
  const resource = watchedResources(needs).find(({ kind }) => kind === 'EndpointSlice')
  if (resource === undefined) throw new Error('slices are watched')
  let feed: ((octets: Buffer) => void) | undefined
  const read: ApiClient['read'] = (_request, onData) => {
    feed = onData
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
  }
  const reflector = new Reflector({
    client: { read } as ApiClient, // of which a reflector uses nothing else
    progress: new ResourceProgress(resource, systemTimer),
    sink: store,
    keep: { labels: false },
    log: silentLogger,
    timer: systemTimer,
    random: Math.random,
    durations: new ProgrammingDurations((...name) => store.service(...name), Date.now, new Metrics()),
    onSynced() {},
  })
  void reflector.run(signal)
  if (feed === undefined) throw new Error('a reflector begins with a watch, at once')
  return feed
}

/** @returns what asks a query, past the answer cache where that has no answer any more */
function responderOf(store: ClusterStore): (query: Buffer) => unknown {
  const directiveNames = pluginOrder.map(({ name }) => name)
  const corefile = parseCorefile(
    defaultCorefile('cluster.local'),
    'Corefile',
    fileIo(() => {}),
    { directiveNames },
  )
  const listen = [{ scheme: 'dns', address: '127.0.0.1', port: 53 }] as const
  const [group] = buildGroups(corefile, { cluster: store, log: silentLogger, clock: systemClock, listen })
  const cache = new AnswerCache<AnswerNote>()
  store.onChange(({ tags }) => cache.invalidate(tags))
  const zones = group?.zones ?? new Map()
  const responder = createResponder({ zones, cache, log: silentLogger, transport: 'udp', localAddress: '127.0.0.1' })
  const peer = { address: '127.0.0.1', port: 40_000 }
  const out = new Uint8Array(65_535)
  return (query) => {
    const octets = responder.finished?.(query, query.length, peer, out)
    return octets === noAnswer ? responder(query, peer) : octets
  }
}
