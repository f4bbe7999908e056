/**
 * A whole server without sockets: manifests in, octets of a query in, octets of its response out.
 *
 * Start with `serveFixture` or `serveManifests`, and `ask` the result; table.ts runs tables of such questions.
 */
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { loadManifests, type ManifestSet, readManifests } from '../../src/cluster/manifests/read.ts'
import { kinds } from '../../src/cluster/model.ts'
import { ClusterStore } from '../../src/cluster/store.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { type Edns, maximumMessageOctets } from '../../src/dns/edns.ts'
import { rcodeName } from '../../src/dns/iana.ts'
import type { Message } from '../../src/dns/message.ts'
import type { RRset } from '../../src/dns/record.ts'
import { formatRRset } from '../../src/dns/text/record.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { encodeMessage } from '../../src/dns/wire/encode.ts'
import type { Transport } from '../../src/plugin/handler.ts'
import { QueryMetrics } from '../../src/plugin/query-metrics.ts'
import type { Step } from '../../src/plugin/reason.ts'
import type { Upstreams } from '../../src/plugin/upstream.ts'
import { pluginOrder } from '../../src/plugins/order.ts'
import { ask } from '../../src/server/ask.ts'
import { buildGroups } from '../../src/server/build.ts'
import { defaultCorefile } from '../../src/server/default-corefile.ts'
import type { AnswerNote } from '../../src/server/observe.ts'
import { createResponder } from '../../src/server/responder.ts'
import { servicesOf } from '../../src/server/server.ts'
import type { Zones } from '../../src/server/zones.ts'
import { AnswerCache, type AnswerCacheLimits } from '../../src/transport/answer-cache.ts'
import { messagesOf, type Peer } from '../../src/transport/listener.ts'
import type { SocketAddress } from '../../src/util/address.ts'
import { createLogger } from '../../src/util/log.ts'
import { Metrics } from '../../src/util/metrics.ts'
import { memoryIo } from '../corefile/memory-io.ts'
import { edns as defaultEdns, query } from '../dns/messages.ts'
import { askHandler } from './ask-handler.ts'
import { ManualTimer } from './manual-timer.ts'
import { memoryFiles } from './memory-files.ts'

export interface ServeOptions {
  /** The default one of the command line, unless given. */
  readonly corefile?: string
  /** The addresses that the server is reached at. */
  readonly localAddresses?: readonly string[]
  /** The files there are, by path: what the Corefile imports, and what its directives read. A test may change them. */
  readonly files?: Record<string, string>
  /** Other DNS servers; over real sockets, unless given. */
  readonly upstreams?: Upstreams
  /** Where plugins are told that the server listens; nothing does. */
  readonly listening?: SocketAddress
}

export interface AskOptions {
  readonly transport?: Transport
  readonly edns?: Partial<Edns>
  readonly client?: { readonly address: string; readonly port: number }
  /** Other parts of the query, such as `rd`. */
  readonly message?: Partial<Message>
}

/** A response as people read it. Records are zone-file lines, names in them in lower case. */
export interface Reply {
  readonly rcode: string
  /** `qr`, `aa`, …, in the order of the header. */
  readonly flags: readonly string[]
  readonly answer: readonly string[]
  readonly authority: readonly string[]
  readonly additional: readonly string[]
}

/** A server block behind a server's responder and answer cache. */
export interface TestServer {
  readonly store: ClusterStore
  /** What the server has logged, with the level. */
  readonly lines: readonly string[]
  /** Milliseconds; the serial of the zones is made of it at each change. */
  readonly clock: { nowMs: number }
  readonly metrics: Metrics
  /** What plugins wait by; it is moved by hand, and `clock` with it. */
  readonly timer: ManualTimer
  /** Begins the work of the plugins beside queries, as a server does whose sockets are open. */
  start(): Promise<void>
  /** Ends it. */
  stop(): Promise<void>
  /** How often the answer cache had to ask the plugins. */
  readonly misses: number
  /** Makes these manifests all there is of the cluster, as one change. */
  change(manifests: string): void
  /**
   * Asks `web.shop.svc.cluster.local. A`, and checks the cache by it.
   *
   * The question is asked twice, the second time of the cache, and once more of a server whose cache is empty: all
   * three must be equal but for the id and the order of addresses. The last is what is returned.
   */
  ask(question: string, options?: AskOptions): Promise<Reply>
  /** Asks once, as a client does. */
  exchange(question: string, options?: AskOptions): Promise<Message>
  /** Asks once over TCP, for all messages of the answer. */
  exchangeAll(question: string, options?: Omit<AskOptions, 'transport'>): Promise<readonly Message[]>
  /** The steps that led to the answer, its reason last. */
  trace(question: string, options?: Pick<AskOptions, 'client'>): Promise<readonly Step[]>
  /** The response to one message as it is on the wire; undefined if there is none. */
  send(octets: Uint8Array, options?: Pick<AskOptions, 'transport' | 'client'>): Promise<Uint8Array | undefined>
  /** As `send`, of a server whose cache is empty. */
  sendFresh(octets: Uint8Array, options?: Pick<AskOptions, 'transport' | 'client'>): Promise<Uint8Array | undefined>
}

/** Serves `fixtures/NAME`. */
export async function serveFixture(name: string, options: ServeOptions = {}): Promise<TestServer> {
  const folder = fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url))
  return serve(await readManifests([folder]), options)
}

/** Serves manifests that are written in the test. */
export function serveManifests(
  manifests: string,
  corefile = defaultCorefile('cluster.local'),
  options: Omit<ServeOptions, 'corefile'> = {},
): TestServer {
  return serve(loadManifests([{ file: 'test.yaml', text: manifests }]), { corefile, ...options })
}

/** Makes the server blocks of a Corefile, without a cluster, for what setting them up throws. */
export function buildCorefile(corefile: string, files: Record<string, string> = {}): TestServer {
  return serveManifests('', corefile, { files })
}

function serve(manifests: ManifestSet, options: ServeOptions): TestServer {
  const clock = { nowMs: 1000 }
  const lines: string[] = []
  const log = createLogger((line) => lines.push(line), 'debug')
  const store = new ClusterStore({ now: () => clock.nowMs })
  fill(store, manifests)

  const io = memoryIo(options.files)
  const directiveNames = pluginOrder.map(({ name }) => name)
  const corefile = parseCorefile(options.corefile ?? defaultCorefile('cluster.local'), 'Corefile', io, {
    directiveNames,
  })
  const { localAddresses = ['127.0.0.1'] } = options
  const metrics = new Metrics()
  const timer = new ManualTimer()
  const fatal = (message: string) => lines.push(`[FATAL] ${message}`)
  const files = memoryFiles(options.files ?? {})
  const now = () => clock.nowMs
  const { upstreams } = options
  const outside = { files, ...(upstreams && { upstreams }) }
  const context = { cluster: store, log, clock: { now }, timer, metrics, fatal, listen: [], localAddresses, ...outside }
  const [group, ...others] = buildGroups(corefile, context)
  expect(others, 'a test has one group of zones').to.deep.equal([])
  const zones: Zones = group?.zones ?? new Map()

  const counter = { misses: 0 }
  const cache = new AnswerCache<AnswerNote>(smallLimits)
  store.onChange(({ tags }) => cache.invalidate(tags))
  group?.changes.onChange((tags) => cache.invalidate(tags))
  const meters = { server: 'dns://:53', queryMetrics: new QueryMetrics(metrics) }
  const responders = respondersOf({ zones: counting(zones, counter), cache, log, ...meters })
  const freshResponders = () => respondersOf({ zones, cache: new AnswerCache<AnswerNote>(smallLimits), log })

  const services = group === undefined ? [] : servicesOf([group])

  return {
    store,
    lines,
    clock,
    metrics,
    timer,
    async start() {
      for (const service of services) await service.start?.([options.listening ?? { address: '127.0.0.1', port: 53 }])
    },
    async stop() {
      for (const service of services) await service.stop()
    },
    get misses() {
      return counter.misses
    },
    change: (text) => fill(store, loadManifests([{ file: 'changed.yaml', text }])),
    send: async (octets, { transport = 'udp', client = defaultClient } = {}) => responders[transport](octets, client),
    async trace(question, { client: peer = defaultClient } = {}) {
      const { question: asked } = query(question)
      if (asked === undefined) throw new Error(`no question: ${question}`)
      const client = { transport: 'udp', ...peer, localAddress: '192.0.2.53' } as const
      const { trace = [] } = await ask(zones, { ...asked, client, via: [] }, { log, server: '' })
      return trace
    },
    sendFresh: async (octets, { transport = 'udp', client = defaultClient } = {}) =>
      freshResponders()[transport](octets, client),
    async exchange(question, options = {}) {
      const { transport = 'udp', client = defaultClient } = options
      return decodeReply(await responders[transport](encodeQuery(question, options), client))
    },
    async exchangeAll(question, options = {}) {
      const { client = defaultClient } = options
      return [...messagesOf(await responders.stream(encodeQuery(question, options), client))].map(decodeReply)
    },
    async ask(question, options = {}) {
      const { transport = 'udp', client = defaultClient } = options
      const asked = (id: number) => encodeQuery(question, { ...options, message: { ...options.message, id } })
      const first = await responders[transport](asked(0x1111), client)
      const second = await responders[transport](asked(0x2222), client)
      const fresh = await freshResponders()[transport](asked(0x3333), client)
      expect(comparable(first, 0x1111), 'of the server as it is').to.deep.equal(comparable(fresh, 0x3333))
      expect(comparable(second, 0x2222), 'of the cache').to.deep.equal(comparable(fresh, 0x3333))
      return replyOf(decodeReply(fresh))
    },
  }
}

/** The octets of `web.shop.svc.cluster.local. A`. */
export function encodeQuery(question: string, { edns, message = {} }: AskOptions = {}): Uint8Array {
  const changes = edns === undefined ? message : { edns: defaultEdns(edns), ...message }
  return encodeMessage(query(question, changes), maximumMessageOctets).octets
}

/** Room for what one test asks; that of a real server would take its time to make. */
const smallLimits: AnswerCacheLimits = { maxEntries: 1000, maxOctets: 16 * 1024 * 1024 }

const defaultClient = { address: '192.0.2.1', port: 40_000 }

function fill(store: ClusterStore, { objects, problems }: ManifestSet): void {
  expect(problems, 'what is wrong with the manifests').to.deep.equal([])
  store.replace(kinds, objects)
}

function respondersOf(options: Omit<Parameters<typeof createResponder>[0], 'transport' | 'localAddress'>) {
  const responderFor = <T extends Transport>(transport: T) => {
    const handler = createResponder({ ...options, transport, localAddress: '192.0.2.53' })
    return (octets: Uint8Array, client: Peer) => askHandler(handler, octets, client)
  }
  const stream = responderFor('tcp')
  const tcp = async (octets: Uint8Array, client: Peer) => {
    const [first] = messagesOf(await stream(octets, client))
    return first
  }
  return { udp: responderFor('udp'), tcp, stream }
}

/** The same zones, which count what is asked of their chains. */
function counting(zones: Zones, counter: { misses: number }): Zones {
  return new Map(
    [...zones].map(([zone, blocks]) => [
      zone,
      blocks.map((block) => {
        const chain: typeof block.chain = (asked) => {
          counter.misses++
          return block.chain(asked)
        }
        return { ...block, chain }
      }),
    ]),
  )
}

function decodeReply(octets: Uint8Array | undefined): Message {
  if (octets === undefined) throw new Error('no response to a query')
  return decodeMessage(octets)
}

/** A response without what may differ between two to the same query: its id, and the order of addresses. */
function comparable(octets: Uint8Array | undefined, id: number) {
  const message = decodeReply(octets)
  expect(message.id).to.equal(id)
  return { ...message, id: 0, answer: message.answer.map(inOrder) }
}

function inOrder(rrset: RRset): RRset {
  if (rrset.type !== 'A' && rrset.type !== 'AAAA') return rrset
  const rdata = [...rrset.rdata].sort((left, right) => left.address.localeCompare(right.address))
  return { ...rrset, rdata }
}

const flagNames = ['qr', 'aa', 'tc', 'rd', 'ra', 'ad', 'cd'] as const

function replyOf(message: Message): Reply {
  return {
    rcode: rcodeName(message.rcode),
    flags: flagNames.filter((flag) => message[flag]),
    answer: message.answer.flatMap(formatRRset),
    authority: message.authority.flatMap(formatRRset),
    additional: message.additional.flatMap(formatRRset),
  }
}
