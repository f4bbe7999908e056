/**
 * bench/live: our server on a live cluster, which a double of the Kubernetes API stands for.
 *
 * run.ts is the benchmark. It starts double.ts as a process of its own, on the core of the load, and talks to it through
 * remote.ts; there this file holds the cluster and changes it, and prober.ts asks until a change is seen. server.ts starts
 * what is measured, round.ts takes it through its phases, report/ prints. Start with round.ts.
 */
import type { ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { ApiServer } from '../../test/support/api-server/api-server.ts'
import type { ApiObject } from '../../test/support/api-server/objects.ts'
import { sampleCluster, sampleNamespace, sampleService, sampleSlice } from '../../test/support/api-server/sample.ts'
import { address, endpointsPerSlice, servicesDomain, times } from '../cluster/plan.ts'
import { encodeQuery } from '../loads/question.ts'

export interface LiveSize {
  readonly services: number
  /** Of all Services together, in slices of a hundred. */
  readonly endpoints: number
}

/** The namespace of what is changed and asked for, beside the sample: its name is that of the other benchmark's. */
const namespace = 'bench'

/** Headless Services of one endpoint each. */
const probeCount = 8

/** The name of a probe: an answer for it needs a Service and a slice. */
export const probeName = (number: number): string => `probe-${number}.${servicesDomain}`

/** The name of a Service whose own address changes. */
const movedName = `moved.${servicesDomain}`

/** The names of Services of the sample, evenly from all of them. */
export function sampleNames({ services }: LiveSize, count: number): string[] {
  return times(Math.min(count, services), (index) => {
    const { name, namespace = '' } = sampleService(Math.floor((index * services) / Math.min(count, services))).metadata
    return `${name}.${namespace}.svc.cluster.local`
  })
}

/** A change that was made, and how to see it: the question, and the octets of the address that answers it then. */
export interface Seen {
  readonly query: Buffer
  readonly address: Buffer
}

/** Octets of events that may wait in the double: a burst is to be limited by who reads it, not by memory. */
const waitingOctets = 1024 * 1024

/** Changes that are made at once in a burst. */
const burstStep = 8

/** The API double with a sample cluster and the probes. */
export class LiveCluster {
  readonly #api: ApiServer
  readonly #slices: readonly ApiObject[]
  /** The last watch of slices. */
  #watch: ServerResponse | undefined
  #changes = 0
  #probes = 0

  static async start(size: LiveSize): Promise<LiveCluster> {
    const sample = sampleCluster({ ...size, endpointsPerSlice })
    let cluster: LiveCluster | undefined
    const api = await ApiServer.start({
      historyLimit: 1000,
      bookmarkIntervalMs: 60_000,
      handle: ({ url = '' }, response) => {
        if (cluster !== undefined && isWatchOfSlices(url)) cluster.#watch = response
        return false
      },
    })
    cluster = new LiveCluster(
      api,
      sample.filter(({ kind }) => kind === 'EndpointSlice'),
    )
    api.load([...sample, sampleNamespace(namespace), ...probes(), movedService(0)])
    return cluster
  }

  private constructor(api: ApiServer, slices: readonly ApiObject[]) {
    this.#api = api
    this.#slices = slices
  }

  get url(): string {
    return this.#api.url
  }

  /** From now on lists are streamed to whoever asks for it, or are not known (Kubernetes before 1.34, unless configured). */
  set lists(lists: 'streaming' | 'paged') {
    this.#api.behaviour.streamingLists = lists === 'streaming' ? 'served' : 'unknown'
  }

  /** One endpoint of the next slice of the sample is replaced, as in a rolling update. */
  change(): void {
    const slice = this.#slices[this.#changes % this.#slices.length]
    const now = slice && this.#api.get(slice)
    if (now !== undefined) this.#api.put(replaced(now, this.#changes, this.#slices.length))
    this.#changes++
  }

  /** As many changes as fast as the watch takes them; when it resolves, all but the last octets are in its socket. */
  async burst(count: number): Promise<void> {
    for (let made = 0; made < count; made += burstStep) {
      for (let step = 0; step < Math.min(burstStep, count - made); step++) this.change()
      do await setImmediate()
      while ((this.#watch?.writableLength ?? 0) > waitingOctets)
    }
  }

  /** Gives the next probe another address. */
  changeProbe(): Seen {
    const number = this.#probes++ % probeCount
    const endpoint = probeAddress(this.#probes)
    this.#api.put(probeSlice(number, endpoint))
    return { query: encodeQuery({ name: probeName(number), type: 'A' }), address: octetsOf(endpoint) }
  }

  /**
   * Has every watcher list everything anew: what it knows is too old.
   *
   * @returns a changed slice and a changed Service that only the new lists tell of
   */
  expire(): Seen[] {
    this.#api.freezeWatches('lost')
    const slice = this.changeProbe()
    const service = movedService(++this.#probes)
    this.#api.put(service)
    this.#api.compact()
    this.#api.thawWatches()
    this.#api.endWatches()
    const moved = encodeQuery({ name: movedName, type: 'A' })
    return [slice, { query: moved, address: octetsOf(movedAddress(this.#probes)) }]
  }
}

function isWatchOfSlices(url: string): boolean {
  return url.includes('/endpointslices?') && /[?&]watch=(1|true)/.test(url)
}

function probes(): ApiObject[] {
  return times(probeCount, (number) => [probeService(number), probeSlice(number, probeAddress(0))]).flat()
}

function probeService(number: number): ApiObject {
  return withSpec(`probe-${number}`, { clusterIP: 'None', clusterIPs: ['None'] })
}

function movedService(turn: number): ApiObject {
  return withSpec('moved', { clusterIP: movedAddress(turn), clusterIPs: [movedAddress(turn)] })
}

function withSpec(name: string, spec: object): ApiObject {
  const service = sampleService(0)
  const { uid: _, ...metadata } = service.metadata
  return { ...service, metadata: { ...metadata, name, namespace }, spec: { ...(service.spec as object), ...spec } }
}

function probeSlice(number: number, endpoint: string): ApiObject {
  const slice = sampleSlice(probeService(number), 1)
  return replaceAddress(slice, 0, endpoint)
}

/** The endpoint whose turn it is gets an address that none had before. */
function replaced(slice: ApiObject, change: number, slices: number): ApiObject {
  const { length } = slice.endpoints as readonly unknown[] // as the API has it
  return replaceAddress(slice, Math.floor(change / slices) % length, address(11, (change + 1) % 2 ** 24))
}

function replaceAddress(slice: ApiObject, at: number, endpoint: string): ApiObject {
  const endpoints = slice.endpoints as readonly object[] // as the API has it
  const annotations = {
    ...slice.metadata.annotations,
    'endpoints.kubernetes.io/last-change-trigger-time': new Date().toISOString(),
  }
  return {
    ...slice,
    metadata: { ...slice.metadata, annotations },
    endpoints: endpoints.map((each, index) => (index === at ? { ...each, addresses: [endpoint] } : each)),
  }
}

const probeAddress = (turn: number): string => address(12, turn % 2 ** 24)
const movedAddress = (turn: number): string => address(10, (127 << 16) + (turn % 2 ** 16))

function octetsOf(ipv4: string): Buffer {
  return Buffer.from(ipv4.split('.').map(Number))
}
