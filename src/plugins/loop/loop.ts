/**
 * loop: finds out at the start whether queries that are passed on come back (CoreDNS plugin/loop).
 *
 * The server asks itself for a name that nobody else can know. Seen once, that is the query itself; seen more often,
 * it was passed on and has come back.
 */
import { TYPE } from '../../dns/iana.ts'
import { isSubdomain, type Name } from '../../dns/name.ts'
import { NoNextPluginError } from '../../plugin/chain.ts'
import type { Answer, Handler, Next, Query } from '../../plugin/handler.ts'
import type { Service } from '../../plugin/setup.ts'
import type { Upstreams } from '../../plugin/upstream.ts'
import { formatAddressPart, type SocketAddress } from '../../util/address.ts'
import { type MaybePromise, mapMaybe } from '../../util/maybe-promise.ts'
import { pause, type Timer } from '../../util/timer.ts'
import { exchangeQuery } from './exchange.ts'
import { loopFound, loopQuery } from './reasons.ts'

export interface LoopOptions {
  readonly zone: Name
  /** Below the zone, and nobody else's. */
  readonly qname: Name
  readonly upstreams: Upstreams
  readonly timer: Timer
  /** Ends the process. */
  readonly fatal: (message: string) => void
}

/** How often the query may be seen: one that another server sends again is not yet a loop. */
const maximumSightings = 2

/** How long it is tried to get an answer, and when again. */
const tryMs = 30_000
const retryMs = 1000

/** How long it goes on behind the answer. */
const lingerMs = 2000

export class Loop implements Handler, Service {
  readonly name = 'loop'
  readonly #options: LoopOptions
  readonly #stopping = new AbortController()
  #seen = 0
  #isOff = false
  /** Where the query is sent, as messages have it. */
  #shownPlace = ''

  constructor(options: LoopOptions) {
    this.#options = options
  }

  serve(query: Query, next: Next): MaybePromise<Answer> {
    const { zone, qname } = this.#options
    if (query.qtype !== TYPE.HINFO || this.#isOff || !isSubdomain(query.qname, zone)) return next(query)
    if (query.qname !== qname) return next(query)
    this.#seen++
    if (this.#seen > maximumSightings) return this.#detected(query)
    return mapMaybe(passOn(query, next), (answer): Answer => ({ ...answer, validity: { kind: 'once' } }))
  }

  /** The look for a loop goes on beside the queries. */
  start([place]: readonly SocketAddress[]): void {
    if (place === undefined) return
    const { address, port } = place
    this.#shownPlace = isWildcard(address) ? `:${port}` : `${formatAddressPart(address)}:${port}`
    void this.#look(isWildcard(address) ? loopbacks.map((each) => ({ address: each, port })) : [place])
  }

  stop(): void {
    this.#stopping.abort()
  }

  /** Asks one of the places after the other, until there is an answer. */
  async #look(places: readonly SocketAddress[]): Promise<void> {
    const { timer, qname, upstreams } = this.#options
    const { signal } = this.#stopping
    const endMs = timer.now() + tryMs
    for (let attempt = 0; timer.now() < endMs && !signal.aborted; attempt++) {
      const at = places[attempt % places.length]
      if (at !== undefined && (await exchangeQuery(qname, { at, upstreams, signal }))) {
        await pause(timer, lingerMs, signal)
        break
      }
      this.#seen = 0
      await pause(timer, retryMs, signal)
    }
    this.#isOff = true
  }

  #detected({ client }: Query): Answer {
    const { zone, qname, fatal } = this.#options
    this.#isOff = true
    const way = `${formatAddressPart(client.address)}:${client.port} -> ${this.#shownPlace}`
    const page = 'https://coredns.io/plugins/loop#troubleshooting'
    fatal(`plugin/loop: Loop (${way}) detected for zone ${JSON.stringify(zone)}, see ${page}. Query: "HINFO ${qname}"`)
    return { ...empty, rcode: 'SERVFAIL', trace: [loopFound({})] }
  }
}

const empty = {
  authoritative: false,
  answer: [],
  authority: [],
  additional: [],
  validity: { kind: 'once' },
} as const

/** What nobody has an answer to does not exist: without other servers there is no loop, and nothing is wrong. */
function passOn(query: Query, next: Next): MaybePromise<Answer> {
  const missing = (error: unknown): Answer => {
    if (!(error instanceof NoNextPluginError)) throw error
    return { ...empty, rcode: 'NXDOMAIN', trace: [loopQuery({})] }
  }
  try {
    const answer = next(query)
    return answer instanceof Promise ? answer.catch(missing) : answer
  } catch (error) {
    return missing(error)
  }
}

/** A socket that takes both families may be reached by one alone. */
const loopbacks = ['127.0.0.1', '::1']

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}
