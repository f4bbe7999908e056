import { formatDuration } from '../../corefile/duration.ts'
import type { Name } from '../../dns/name.ts'
import { isNewerSerial } from '../../dns/serial.ts'
import { formatPeer, peerAddress } from '../../plugin/peer.ts'
import type { Step } from '../../plugin/reason.ts'
import type { SetupContext } from '../../plugin/setup.ts'
import { UpstreamError } from '../../plugin/upstream.ts'
import { tellSecondaries } from '../../plugin/zone/notify.ts'
import type { HeldZone } from '../../plugin/zone/serve-zones.ts'
import type { Zone } from '../../plugin/zone/zone.ts'
import type { SocketAddress } from '../../util/address.ts'
import { counted } from '../../util/counted.ts'
import { messageOf } from '../../util/errors.ts'
import { Expiry } from './expiry.ts'
import { serialAt, transferFrom } from './primary.ts'
import { expired, notTransferred } from './reasons.ts'

/** Milliseconds between attempts at a first transfer, each twice the one before: as in CoreDNS. */
const firstRetryMs = 250
const longestRetryMs = 10_000

/** Up to so much later than the SOA record says, so that not all secondaries come at once: as in CoreDNS. */
const refreshJitterMs = 5000
const retryJitterMs = 2000

/** Between attempts that NOTIFY asks for: anybody can send one in the name of a primary, and as often as he likes. */
const notifyPauseMs = 1000

export type SecondaryContext = Pick<SetupContext, 'upstreams' | 'timer' | 'log' | 'invalidate' | 'offers'>

export interface SecondaryZoneOptions {
  readonly origin: Name
  readonly primaries: readonly SocketAddress[]
  /** What it begins with, if it was had before under other circumstances. */
  readonly zone?: Zone
  /** Is handed each version before it is served; what it throws keeps it from being so. */
  readonly check?: (zone: Zone) => void
  /** Hears of each version that is served. */
  readonly onTransferred?: (zone: Zone) => void
  /** From 0 to below 1. */
  readonly random: () => number
}

/**
 * A zone that is had from other servers, and kept as new as they have it (RFC 1034 section 4.3.5).
 *
 * At each time one thing is awaited: the end of an attempt, or the moment for the next one. While there is no zone an attempt is a
 * transfer; later it asks for the serial first. A NOTIFY is an attempt at once.
 */
export class SecondaryZone implements HeldZone {
  readonly tag: string
  readonly #options: SecondaryZoneOptions
  readonly #context: SecondaryContext
  readonly #ending = new AbortController()
  #zone: Zone | undefined
  #isExpired = false
  /** Failed attempts at a transfer since there was a zone. */
  #failures = 0
  /** Whether no primary could be asked the last time. */
  #isFailing = false
  /** Of the zone, unless a primary is reached before. */
  readonly #expiry: Expiry
  #isBusy = false
  /** Who has sent a NOTIFY that has not been looked into: what is under way may have seen what was before. */
  #notifiedBy: string | undefined
  /** Until then another NOTIFY waits. */
  #pausedUntilMs = Number.NEGATIVE_INFINITY
  #callOffNext: (() => void) | undefined

  constructor(options: SecondaryZoneOptions, context: SecondaryContext) {
    this.#options = options
    this.#context = context
    this.tag = `secondary:${options.origin}`
    this.#zone = options.zone
    // Where somebody is being asked, or nobody has been asked since it was good, that will tell.
    this.#expiry = new Expiry(context.timer, () => {
      if (this.#isFailing && !this.#isBusy) this.#expire()
    })
  }

  get origin(): Name {
    return this.#options.origin
  }

  get primaries(): readonly SocketAddress[] {
    return this.#options.primaries
  }

  /** Undefined: there is none yet, or not any more. */
  get zone(): Zone | undefined {
    return this.#zone
  }

  absence(): Step {
    const of = { zone: this.origin, primaries: this.primaries.map(formatPeer) }
    return this.#isExpired ? expired(of) : notTransferred(of)
  }

  start(): void {
    if (this.#zone !== undefined) this.#reached(this.#zone)
    void this.#attempt()
  }

  stop(): void {
    this.#ending.abort()
    this.#callOffNext?.()
    this.#expiry.stop()
  }

  /**
   * A primary says that the zone has changed.
   *
   * @param from as `peerAddress` gives it
   */
  notified(from: string): void {
    const isAwaited = this.#isBusy || this.#notifiedBy !== undefined
    this.#notifiedBy = from
    if (!isAwaited) this.#lookInto()
  }

  get #isStopped(): boolean {
    return this.#ending.signal.aborted
  }

  /** Now, or when the pause is over: who says that he is a primary need not be one. */
  #lookInto(): void {
    const leftMs = this.#pausedUntilMs - this.#context.timer.now()
    if (leftMs > 0) this.#attemptAfter(leftMs)
    else void this.#attempt()
  }

  #attemptAfter(ms: number): void {
    this.#callOffNext?.()
    this.#callOffNext = this.#context.timer.after(ms, () => void this.#attempt())
  }

  async #attempt(): Promise<void> {
    if (this.#isStopped) return
    this.#callOffNext?.()
    const notifiedBy = this.#notifiedBy
    this.#notifiedBy = undefined
    if (notifiedBy !== undefined) this.#pausedUntilMs = this.#context.timer.now() + notifyPauseMs
    this.#isBusy = true
    const isDone = await (this.#zone === undefined ? this.#transfer(notifiedBy) : this.#refresh(this.#zone, notifiedBy))
    this.#isBusy = false
    if (this.#isStopped) return
    if (this.#notifiedBy !== undefined) this.#lookInto()
    else this.#attemptAfter(isDone ? this.#refreshMs() : this.#retryMs())
  }

  /** Until there is a zone: with pauses that grow. Whether there is one now. */
  async #transfer(notifiedBy: string | undefined): Promise<boolean> {
    const problem = await this.#transferFromAny(this.#primariesFrom(notifiedBy))
    if (problem === undefined || this.#isStopped) return true
    const again = formatDuration(firstTransferRetryMs(this.#failures))
    this.#warn(`All '${this.origin}' masters failed to transfer, retrying in ${again}: ${problem}`)
    return false
  }

  /** Looks whether there is another version, and has it. Whether a primary could be asked, and what it has was had. */
  async #refresh(zone: Zone, notifiedBy: string | undefined): Promise<boolean> {
    const ours = serialOf(zone)
    const notifyOf = (from: string) => `Notify from ${from} for ${this.origin}`
    const found = await this.#serialAtAny(ours, notifiedBy)
    if (this.#isStopped) return true
    if (typeof found === 'string') {
      const check = this.#isFailing ? 'retry' : 'refresh'
      if (notifiedBy === undefined) this.#warn(`Failed ${check} check ${found}`)
      else this.#warn(`${notifyOf(notifiedBy)}: failed primary check: ${found}`)
      return this.#failed()
    }
    if (!isNewerSerial(found.serial, ours)) {
      if (notifiedBy !== undefined) this.#info(`${notifyOf(notifiedBy)}: no SOA serial increase seen`)
      this.#reached(zone)
      return true
    }
    // What the first one said is had from it, if it can be.
    const problem = await this.#transferFromAny([found.at, ...this.primaries.filter((each) => each !== found.at)])
    if (problem === undefined || this.#isStopped) return true
    if (notifiedBy !== undefined) this.#warn(`${notifyOf(notifiedBy)}: transfer failed: ${problem}`)
    return this.#failed()
  }

  /** What the first primary says that is not behind us; if all are, what one of them says; text: why none can be asked. */
  async #serialAtAny(ours: number, notifiedBy: string | undefined): Promise<SerialAt | string> {
    let behind: SerialAt | undefined
    let problem = ''
    for (const at of this.#primariesFrom(notifiedBy)) {
      try {
        const serial = await serialAt(this.origin, this.#asking(at))
        if (!isNewerSerial(ours, serial)) return { serial, at }
        behind = { serial, at }
        this.#warn(`${formatPeer(at)} has serial ${serial} of ${this.origin}, older than ours, ${ours}`)
      } catch (error) {
        problem = messageOf(error)
      }
    }
    return behind ?? problem
  }

  /** From the first primary that has it and gives it; undefined: it is there, text: why not. */
  async #transferFromAny(primaries: readonly SocketAddress[]): Promise<string | undefined> {
    let problem = ''
    for (const at of primaries) {
      try {
        const zone = await transferFrom(this.origin, this.#asking(at))
        this.#check(zone)
        if (!this.#isStopped) this.#take(zone, at)
        return undefined
      } catch (error) {
        if (this.#isStopped) return undefined
        problem = messageOf(error)
        this.#context.log.error(`plugin/secondary: ${failure(this.origin, at, problem)}`)
      }
    }
    this.#failures++
    return problem
  }

  /** @throws ServerError it is not to be served */
  #check(zone: Zone): void {
    const [theirs, ours] = [serialOf(zone), this.#zone && serialOf(this.#zone)]
    if (ours !== undefined && !isNewerSerial(theirs, ours)) {
      throw new UpstreamError(`serial ${theirs} is not newer than ${ours}`)
    }
    this.#options.check?.(zone)
  }

  #take(zone: Zone, at: SocketAddress): void {
    const [outside] = zone.outside
    if (outside !== undefined) {
      const count = counted(zone.outside.length, 'record')
      this.#warn(`${count} outside of zone ${this.origin} left out, the first at ${outside}`)
    }
    this.#zone = zone
    this.#isExpired = false
    this.#failures = 0
    this.#reached(zone)
    this.#context.invalidate([this.tag])
    this.#info(`Transferred: ${this.origin} from ${formatPeer(at)}`)
    tellSecondaries(this.origin, { plugin: 'secondary', ...this.#context })
    this.#options.onTransferred?.(zone)
  }

  /** A primary was asked, and we have what it has. */
  #reached(zone: Zone): void {
    this.#isFailing = false
    this.#expiry.beginAnew(inMilliseconds(zone.soa.rdata[0]?.expire))
  }

  /** @returns that it did not go well */
  #failed(): false {
    this.#isFailing = true
    if (this.#expiry.isOver) this.#expire()
    return false
  }

  /** RFC 1034 section 4.3.5: what is too old is thrown away. */
  #expire(): void {
    if (this.#zone === undefined) return
    this.#zone = undefined
    this.#isExpired = true
    this.#failures = 0
    this.#context.invalidate([this.tag])
    this.#context.log.error(`plugin/secondary: Zone ${this.origin} is expired`)
    if (!this.#isBusy) void this.#attempt()
  }

  #refreshMs(): number {
    const { refresh } = this.#zone?.soa.rdata[0] ?? {}
    return inMilliseconds(refresh) + this.#options.random() * refreshJitterMs
  }

  #retryMs(): number {
    if (this.#zone === undefined) return firstTransferRetryMs(this.#failures)
    const { retry } = this.#zone.soa.rdata[0] ?? {}
    return inMilliseconds(retry) + this.#options.random() * retryJitterMs
  }

  /** Who sent a NOTIFY has the newest. */
  #primariesFrom(notifiedBy: string | undefined): readonly SocketAddress[] {
    const first = this.primaries.filter(({ address }) => peerAddress(address) === notifiedBy)
    return [...first, ...this.primaries.filter((each) => !first.includes(each))]
  }

  #asking(at: SocketAddress) {
    return { at, upstreams: this.#context.upstreams, signal: this.#ending.signal }
  }

  #info(line: string): void {
    this.#context.log.info(`plugin/secondary: ${line}`)
  }

  #warn(line: string): void {
    this.#context.log.warning(`plugin/secondary: ${line}`)
  }
}

interface SerialAt {
  readonly serial: number
  readonly at: SocketAddress
}

function serialOf({ soa }: Zone): number {
  return soa.rdata[0]?.serial ?? 0
}

/** At least a second, as in CoreDNS. */
function inMilliseconds(seconds = 0): number {
  return Math.max(seconds, 1) * 1000
}

/** @param failures how many there have been */
function firstTransferRetryMs(failures: number): number {
  return Math.min(firstRetryMs * 2 ** Math.max(failures - 1, 0), longestRetryMs)
}

/** In CoreDNS's words, which tell a primary that cannot be reached from one that does not give the zone. */
function failure(origin: Name, at: SocketAddress, problem: string): string {
  const from = JSON.stringify(formatPeer(at))
  return problem.startsWith('dial ')
    ? `Failed to setup transfer \`${origin}' with \`${from}': ${problem}`
    : `Failed to transfer \`${origin}' from ${from}: ${problem}`
}
