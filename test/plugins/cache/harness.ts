import { parseCorefile } from '../../../src/corefile/parser.ts'
import type { Edns } from '../../../src/dns/edns.ts'
import { rcodeName } from '../../../src/dns/iana.ts'
import type { Message } from '../../../src/dns/message.ts'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { decodeMessage } from '../../../src/dns/wire/decode.ts'
import { chain } from '../../../src/plugin/chain.ts'
import type { Answer, Handler, Query } from '../../../src/plugin/handler.ts'
import { cache } from '../../../src/plugins/cache/cache.ts'
import type { CacheConfig } from '../../../src/plugins/cache/config.ts'
import { readConfig } from '../../../src/plugins/cache/setup.ts'
import type { Zones } from '../../../src/server/zones.ts'
import { createLogger } from '../../../src/util/log.ts'
import { Metrics } from '../../../src/util/metrics.ts'
import { memoryIo } from '../../corefile/memory-io.ts'
import { edns as defaultEdns, query } from '../../dns/messages.ts'
import { octetsOf, type TestResponder, testResponder, zonesOf } from '../../server/harness.ts'
import { ManualTimer } from '../../support/manual-timer.ts'
import { type Said, Upstream } from '../../support/upstream.ts'

export interface AskOptions extends Partial<Message> {
  readonly opt?: Partial<Edns>
}

/** A server of one block: the answer cache in front, `cache`, and behind it a double of `forward`. */
export class CachedUpstream {
  readonly upstream: Upstream
  readonly timer = new ManualTimer()
  readonly clock = { nowMs: Date.UTC(2026, 0, 1) }
  readonly metrics = new Metrics()
  readonly lines: string[] = []
  readonly handler: Handler
  readonly stop: () => unknown
  readonly #zones: Zones
  #responder: TestResponder
  readonly #listeners = new Set<(tags: Iterable<string>) => void>()

  /**
   * @param directive `cache 30 {\nkeepttl\n}`
   * @param between links of the chain behind it
   */
  constructor(directive = 'cache', { between = [] }: { readonly between?: readonly Handler[] } = {}) {
    this.upstream = new Upstream(() => {
      throw new Error('the test has to say what it answers')
    })
    const { handler, service } = cache(configOf(directive), {
      timer: this.timer,
      clock: { now: () => this.clock.nowMs },
      metrics: this.metrics,
      log: createLogger((line) => this.lines.push(line), 'debug'),
      serverLabel: 'dns://:53',
      viewLabel: '',
      onChange: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
    })
    this.handler = handler
    this.stop = () => service.stop()
    this.#zones = zonesOf({ '.': chain([handler, ...between, this.upstream]) })
    this.#responder = testResponder(this.#zones)
  }

  /** How many hear of changes. */
  get followers(): number {
    return this.#listeners.size
  }

  /** How often the other server was asked. */
  get fetches(): number {
    return this.upstream.asked.length
  }

  says(said: Said): void {
    this.upstream.says(said)
  }

  /** Lets so many seconds go by. */
  pass(seconds: number): void {
    this.timer.pass(seconds * 1000)
    this.clock.nowMs += seconds * 1000
  }

  /** Something behind these tags is different from now on. */
  change(...tags: string[]): void {
    this.#responder.cache.invalidate(tags)
    for (const listener of this.#listeners) listener(tags)
  }

  /** What the plugin hands up to those above it. */
  async handedUp(ask: string, changes: Partial<Query> = {}): Promise<Answer> {
    const { question } = query(ask)
    if (question === undefined) throw new Error(`no question: ${ask}`)
    const client = { transport: 'udp', address: '192.0.2.1', port: 1, localAddress: '192.0.2.53' } as const
    return this.handler.serve({ ...question, client, via: [], ...changes }, (asked) => this.upstream.serve(asked))
  }

  /** Forgets what is in front of the chain. */
  emptyFront(): void {
    this.#responder = testResponder(this.#zones)
  }

  /** Answers in front of the chain. */
  get inFront(): number {
    return this.#responder.cache.size
  }

  async octets(ask: string, { opt, ...message }: AskOptions = {}): Promise<Uint8Array> {
    const asked = query(ask, { rd: true, ...message, ...(opt && { edns: defaultEdns(opt) }) })
    const response = await this.#responder.send(octetsOf(asked))
    if (response === undefined) throw new Error('no response')
    return response
  }

  async ask(ask: string, options?: AskOptions): Promise<Message> {
    return decodeMessage(await this.octets(ask, options))
  }

  /** `NOERROR aa 30` and each record: what a client sees, in short; `-` where there is no record with a TTL. */
  async show(ask: string, options?: AskOptions): Promise<string> {
    const message = await this.ask(ask, options)
    const ttls = new Set([...message.answer, ...message.authority, ...message.additional].map(({ ttl }) => ttl))
    const flags = (['aa', 'tc', 'ra', 'ad'] as const).filter((flag) => message[flag])
    return [rcodeName(message.rcode), ...flags, [...ttls].join('/') || '-'].join(' ')
  }

  async records(ask: string, options?: AskOptions): Promise<readonly string[]> {
    const { answer, authority, additional } = await this.ask(ask, options)
    return [...answer, ...authority, ...additional].flatMap(formatRRset)
  }

  /** What `coredns_cache_NAME` counts, by type where it has one: `hits_total{denial}`; what never counted is not there. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { name, labels, series } of this.metrics.families()) {
      for (const { values, series: each } of series.values()) {
        const type = labels.indexOf('type') >= 0 ? `{${values[labels.indexOf('type')]}}` : ''
        counts[`${name.replace('coredns_cache_', '')}${type}`] = 'value' in each ? each.value : Number.NaN
      }
    }
    return counts
  }
}

/** The configuration that a directive in the server block `.` means. */
export function configOf(directive: string): CacheConfig {
  const [serverBlock] = parseCorefile(`.:53 {\n${directive}\n}\n`, 'Corefile', memoryIo()).serverBlocks
  const [parsed] = serverBlock?.directives ?? []
  if (serverBlock === undefined || parsed === undefined) throw new Error(`no directive: ${directive}`)
  return readConfig(parsed, serverBlock)
}

/** Lets what was promised come true. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}
