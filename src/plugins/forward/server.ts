import { WireFormatError } from '../../dns/errors.ts'
import { RCODE } from '../../dns/iana.ts'
import { readHeader } from '../../dns/wire/header.ts'
import { type RawMessage, rcodeOfRaw } from '../../dns/wire/raw.ts'
import type { Transport } from '../../plugin/handler.ts'
import { type Upstream, UpstreamError, type UpstreamOptions, type Upstreams } from '../../plugin/upstream.ts'
import { canonicalAddress } from '../../util/address.ts'
import type { Timer } from '../../util/timer.ts'
import type { AddressDestination, ForwardConfig } from './config.ts'
import { Health } from './health.ts'
import { type Outgoing, readReply } from './message.ts'
import type { ForwardMetrics, UpstreamMetrics } from './metrics.ts'
import { placeOf } from './resolve.ts'

export interface ServerContext {
  readonly upstreams: Upstreams
  readonly timer: Timer
  readonly metrics: ForwardMetrics
}

/** How a query goes to a server. */
export interface Way {
  readonly transport: Transport
  readonly connectMs: number
}

/** One upstream, with its sockets and its health. */
export class ForwardServer {
  /** `192.0.2.1:53`, `[2001:db8::1]:53`. */
  readonly label: string
  readonly #isSecured: boolean
  readonly #config: ForwardConfig
  readonly #timer: Timer
  readonly #upstream: Upstream
  readonly #metrics: UpstreamMetrics
  readonly #health: Health

  constructor(destination: AddressDestination, config: ForwardConfig, { upstreams, timer, metrics }: ServerContext) {
    this.label = placeOf(destination)
    this.#isSecured = destination.scheme !== 'dns'
    this.#config = config
    this.#timer = timer
    this.#metrics = metrics.ofUpstream(this.label)
    const onSocket = this.#metrics.socket.bind(this.#metrics)
    this.#upstream = upstreams.open({ ...upstreamOptions(destination, config), onSocket })
    this.#health = new Health({
      upstream: this.#upstream,
      check: config.healthCheck,
      transport: config.forceTcp ? 'tcp' : 'udp',
      timer,
      onFailure: () => this.#metrics.healthcheckFailed(),
    })
  }

  get isDown(): boolean {
    const { maxFails } = this.#config
    return maxFails > 0 && this.#health.fails > maxFails
  }

  /**
   * @returns undefined: what it replied is no reply to the question
   * @throws UpstreamError there was no reply; whether the server is well is being looked into
   */
  async exchange(query: Outgoing, { transport, connectMs }: Way): Promise<RawMessage | undefined> {
    const startMs = this.#timer.now()
    try {
      const replyMs = this.#config.readTimeoutMs
      const octets = await this.#upstream.exchange(query.octets, { transport, connectMs, replyMs })
      const reply = readReply(octets, query, transport === 'udp' && !this.#isSecured)
      const rcode = reply === undefined ? readHeader(octets)?.rcode : rcodeOfRaw(reply)
      this.#metrics.answered(rcode ?? RCODE.NOERROR, (this.#timer.now() - startMs) / 1000)
      return reply
    } catch (error) {
      if (!(error instanceof UpstreamError || error instanceof WireFormatError)) throw error
      if (this.#config.maxFails > 0) this.#health.look()
      throw error instanceof UpstreamError ? error : unreadable(error, this.label)
    }
  }

  stop(): void {
    this.#health.stop()
    this.#upstream.close()
  }
}

function upstreamOptions({ at, scheme, serverName }: AddressDestination, config: ForwardConfig): UpstreamOptions {
  const { expireMs: idleMs, maxAgeMs, maxIdle, sourceAddress, dohMethod } = config
  const tls = { ...config.tls, ...(serverName !== undefined && { serverName }) }
  const by = scheme === 'https' ? { method: dohMethod } : 'tls'
  return {
    at: { ...at, address: canonicalAddress(at.address) },
    ...{ idleMs, maxAgeMs, maxIdle },
    ...(scheme !== 'dns' && { secured: { by, tls } }),
    ...(sourceAddress !== undefined && { sourceAddress }),
  }
}

function unreadable({ message }: WireFormatError, label: string): UpstreamError {
  return new UpstreamError(`dns: ${message}`, `${label}: ${message}`)
}
