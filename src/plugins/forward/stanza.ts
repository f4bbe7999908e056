import { RCODE, rcodeOf } from '../../dns/iana.ts'
import { isSubdomain, type Name } from '../../dns/name.ts'
import { type RawMessage, rcodeOfRaw } from '../../dns/wire/raw.ts'
import { AnsweredError, refused } from '../../plugin/chain.ts'
import type { Answer, Next, Query, RelayedAnswer, Transport } from '../../plugin/handler.ts'
import type { Step } from '../../plugin/reason.ts'
import { UpstreamError } from '../../plugin/upstream.ts'
import { CandidateServers } from './candidates.ts'
import type { AddressDestination, ForwardConfig } from './config.ts'
import { type Outgoing, outgoing } from './message.ts'
import type { ForwardMetrics } from './metrics.ts'
import * as reasons from './reasons.ts'
import { resolveDestinations } from './resolve.ts'
import { ForwardServer, type ServerContext } from './server.ts'

export interface StanzaContext extends ServerContext {
  readonly metrics: ForwardMetrics
  /** From 0 to below 1. */
  readonly random: () => number
}

/** How long other servers are tried for one query. */
const deadlineMs = 5000

/** Failed exchanges for one query, where the directive does not say: so many for each upstream. */
const attemptsPerServer = 2

/** One directive at work. */
export class Stanza {
  readonly #config: ForwardConfig
  readonly #context: StanzaContext
  readonly #candidates: CandidateServers
  /** Undefined: hosts among them have not been looked up yet. */
  #servers: readonly ForwardServer[] | undefined
  #resolving: Promise<readonly ForwardServer[]> | undefined
  #concurrent = 0
  #isStopped = false

  constructor(config: ForwardConfig, context: StanzaContext) {
    this.#config = config
    this.#context = context
    this.#candidates = new CandidateServers(config, context)
    const addresses = config.to.filter((each) => each.kind === 'address')
    if (addresses.length === config.to.length) this.#servers = this.#open(addresses)
  }

  takes(name: Name): boolean {
    const { from, except } = this.#config
    if (name === from) return true
    return isSubdomain(name, from) && !except.some((zone) => isSubdomain(name, zone))
  }

  /**
   * Looks up the hosts among the upstreams, once.
   *
   * @throws UpstreamError one has no address; it is looked up again for the next query
   */
  async prepare(): Promise<readonly ForwardServer[]> {
    if (this.#servers !== undefined) return this.#servers
    this.#resolving ??= resolveDestinations(this.#config, this.#context.upstreams).then((found) => this.#open(found))
    try {
      this.#servers = await this.#resolving
      return this.#servers
    } finally {
      this.#resolving = undefined
    }
  }

  /** @param following the next stanza, where there is one */
  async serve(query: Query, following: Next | undefined): Promise<Answer> {
    const { maxConcurrent } = this.#config
    if (maxConcurrent !== undefined && this.#concurrent >= maxConcurrent.count) {
      this.#context.metrics.maxConcurrentRejects.value++
      throw tooMany(maxConcurrent.text)
    }
    this.#concurrent++
    try {
      return await this.#forward(query, following)
    } finally {
      this.#concurrent--
    }
  }

  stop(): void {
    this.#isStopped = true
    for (const server of this.#servers ?? []) server.stop()
  }

  #open(destinations: readonly AddressDestination[]): readonly ForwardServer[] {
    if (this.#isStopped) return []
    return destinations.map((destination) => new ForwardServer(destination, this.#config, this.#context))
  }

  async #forward(query: Query, following: Next | undefined): Promise<Answer> {
    const servers = this.#servers ?? (await this.prepare())
    const message = outgoing(query)
    const limit = this.#config.maxConnectAttempts ?? attemptsPerServer * servers.length
    const deadline = this.#context.timer.now() + deadlineMs
    const round = this.#candidates.begin(servers)
    let attempts = 0
    let failovers = 0
    let last: UpstreamError | undefined
    for (;;) {
      const connectMs = deadline - this.#context.timer.now()
      if (connectMs <= 0 || (limit > 0 && attempts >= limit)) break
      const server = round.next()
      if (server === undefined) break
      try {
        last = undefined
        const reply = await this.#exchange(server, message, { transport: query.client.transport, connectMs })
        if (reply === undefined) return formatError(server.label)
        if (this.#config.failover.includes(rcodeOfRaw(reply)) && ++failovers < servers.length) continue
        if (following !== undefined && this.#isForNext(reply)) return await following(query)
        return relayed(reply, server.label)
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error
        last = error
        attempts++
        if (round.isLast) break
      }
    }
    throw last === undefined ? noHealthy(servers) : failed(last)
  }

  /** Over the client's transport, unless the directive says another. */
  async #exchange(
    server: ForwardServer,
    message: Outgoing,
    { transport, connectMs }: { readonly transport: Transport; readonly connectMs: number },
  ): Promise<RawMessage | undefined> {
    const { forceTcp, preferUdp } = this.#config
    if (forceTcp) return server.exchange(message, { transport: 'tcp', connectMs })
    if (!preferUdp) return server.exchange(message, { transport, connectMs })
    const reply = await server.exchange(message, { transport: 'udp', connectMs })
    return reply?.header.tc === true ? server.exchange(message, { transport: 'tcp', connectMs }) : reply
  }

  #isForNext(reply: RawMessage): boolean {
    const rcode = rcodeOfRaw(reply)
    const { next, nextOnNodata } = this.#config
    return next.includes(rcode) || (nextOnNodata && rcode === RCODE.NOERROR && reply.header.ancount === 0)
  }
}

/** A code that is not assigned cannot be told: SERVFAIL. */
function relayed(message: RawMessage, upstream: string): RelayedAnswer {
  const { aa, ra, ad, rd } = message.header
  return {
    message,
    rcode: rcodeOf(rcodeOfRaw(message)) ?? 'SERVFAIL',
    authoritative: aa,
    recursionAvailable: ra,
    authenticData: ad,
    recursionDesired: rd,
    withoutEchoes: message.opt !== undefined, // as in CoreDNS: who knows of no cookies shall not seem to
    validity: { kind: 'expires', tags: [] },
    trace: [reasons.forwarded({ upstream })],
    metadata: { 'forward/upstream': upstream },
  }
}

/** The one error that CoreDNS's plugin writes itself. */
function formatError(upstream: string): Answer {
  const { unwritten: _, ...written } = unanswered('FORMERR', reasons.otherQuestion({ upstream }))
  return written
}

function unanswered(rcode: 'FORMERR' | 'REFUSED' | 'SERVFAIL', step: Step) {
  return { ...refused, rcode, validity: { kind: 'once' }, trace: [step] } as const
}

function tooMany(limit: string): AnsweredError {
  const error = new UpstreamError(`concurrent queries exceeded maximum ${limit}`)
  return new AnsweredError(error, unanswered('REFUSED', reasons.tooManyQueries({ limit })))
}

function noHealthy(servers: readonly ForwardServer[]): AnsweredError {
  const error = new UpstreamError('no healthy proxies')
  const step = reasons.noHealthyUpstream({ upstreams: servers.map(({ label }) => label) })
  return new AnsweredError(error, unanswered('SERVFAIL', step))
}

function failed(error: UpstreamError): AnsweredError {
  const step = reasons.upstreamFailed({ reason: error.reason })
  return new AnsweredError(error, unanswered('SERVFAIL', step))
}
