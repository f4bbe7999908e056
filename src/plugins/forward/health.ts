import { TYPE } from '../../dns/iana.ts'
import { encodeRequest } from '../../dns/request.ts'
import type { Transport } from '../../plugin/handler.ts'
import type { Upstream } from '../../plugin/upstream.ts'
import type { Timer } from '../../util/timer.ts'
import type { HealthCheck } from './config.ts'

export interface HealthOptions {
  readonly upstream: Upstream
  readonly check: HealthCheck
  readonly transport: Transport
  readonly timer: Timer
  readonly onFailure: () => void
}

/** Of each check. */
const replyMs = 1000
const connectMs = 2000

/**
 * Whether a server is well, which is only looked into once a query has failed: then it is checked, at intervals, until it
 * replies. Any reply will do.
 */
export class Health {
  readonly #options: HealthOptions
  readonly #message: Uint8Array
  #fails = 0
  #isChecking = false
  #isStopped = false
  #callOff: (() => void) | undefined

  constructor(options: HealthOptions) {
    this.#options = options
    this.#message = checkMessage(options.check)
  }

  /** Failed checks since the last good one. */
  get fails(): number {
    return this.#fails
  }

  /** Has it checked until it is well, unless that is done already. */
  look(): void {
    if (this.#isChecking || this.#isStopped) return
    this.#isChecking = true
    this.#check()
  }

  stop(): void {
    this.#isStopped = true
    this.#callOff?.()
  }

  #check(): void {
    const { upstream, transport } = this.#options
    const well = () => {
      this.#fails = 0
      this.#isChecking = false
    }
    upstream.exchange(this.#message, { transport, replyMs, connectMs, isApart: true }).then(well, () => this.#failed())
  }

  #failed(): void {
    if (this.#isStopped) return
    this.#fails++
    const { timer, check, onFailure } = this.#options
    onFailure()
    this.#callOff = timer.after(check.intervalMs, () => this.#check())
  }
}

function checkMessage({ domain, recursionDesired }: HealthCheck): Uint8Array {
  return encodeRequest({ qname: domain, qtype: TYPE.NS }, { rd: recursionDesired })
}
