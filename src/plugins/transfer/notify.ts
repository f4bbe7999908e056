import { OPCODE, RCODE, rcodeName, TYPE } from '../../dns/iana.ts'
import type { Name } from '../../dns/name.ts'
import { encodeRequest } from '../../dns/request.ts'
import { readHeader } from '../../dns/wire/header.ts'
import { formatPeer } from '../../plugin/peer.ts'
import type { SetupContext } from '../../plugin/setup.ts'
import type { Upstream } from '../../plugin/upstream.ts'
import type { SocketAddress } from '../../util/address.ts'
import { messageOf } from '../../util/errors.ts'
import type { TransferRule } from './config.ts'
import { ruleFor } from './rules.ts'

/** How often one NOTIFY is sent, and how long its response may take: as in CoreDNS. */
const attempts = 3
const replyMs = 2000

/** Tells those that a zone is transferred to, by their addresses, that it has changed (RFC 1996). */
export class Notifier {
  readonly #rules: readonly TransferRule[]
  readonly #context: Pick<SetupContext, 'upstreams' | 'log'>
  readonly #open = new Set<Upstream>()
  #isStopped = false

  constructor(rules: readonly TransferRule[], context: Pick<SetupContext, 'upstreams' | 'log'>) {
    this.#rules = rules
    this.#context = context
  }

  /**
   * Tells all of them at once. Who is listed as `*` alone is not known, and is not told.
   *
   * @returns why some did not take it; never rejects
   */
  async notify(zone: Name): Promise<readonly string[]> {
    const rule = ruleFor(this.#rules, zone)
    if (rule === undefined || this.#isStopped) return []
    const peers = rule.to.filter((each) => each !== '*')
    const problems = await Promise.all(peers.map((peer) => this.#tell(zone, peer, rule)))
    if (this.#isStopped) return []
    const to = rule.to.map((each) => (each === '*' ? each : formatPeer(each)))
    this.#context.log.debug(`plugin/transfer: Sent notifies for zone ${JSON.stringify(zone)} to [${to.join(' ')}]`)
    return problems.flatMap((problem) => problem ?? [])
  }

  /** Whoever has not answered yet is waited for no longer. */
  stop(): void {
    this.#isStopped = true
    for (const upstream of this.#open) upstream.close()
  }

  /** Undefined: the peer has taken it. */
  async #tell(zone: Name, at: SocketAddress, { source }: TransferRule): Promise<string | undefined> {
    const upstream = this.#context.upstreams.open({ at, ...(source !== undefined && { sourceAddress: source }) })
    this.#open.add(upstream)
    try {
      const message = notifyMessage(zone)
      let problem: string | undefined
      for (let attempt = 0; attempt < attempts && !this.#isStopped; attempt++) {
        problem = await outcomeOf(upstream, message)
        if (problem === undefined) return undefined
      }
      return `notify for zone ${JSON.stringify(zone)} was not accepted by ${JSON.stringify(formatPeer(at))}: ${problem}`
    } finally {
      this.#open.delete(upstream)
      upstream.close()
    }
  }
}

/** RFC 1996 section 3.7. */
function notifyMessage(zone: Name): Uint8Array {
  return encodeRequest({ qname: zone, qtype: TYPE.SOA }, { opcode: OPCODE.NOTIFY, aa: true })
}

/** Why a NOTIFY was not taken, in CoreDNS's words; undefined: it was. */
async function outcomeOf(upstream: Upstream, message: Uint8Array): Promise<string | undefined> {
  try {
    const reply = await upstream.exchange(message, { transport: 'udp', replyMs, connectMs: replyMs })
    const header = readHeader(reply)
    // RFC 1996 section 4.7: the response is that of a NOTIFY.
    if (header === undefined || !header.qr || header.opcode !== OPCODE.NOTIFY) return '"no response to NOTIFY"'
    return header.rcode === RCODE.NOERROR ? undefined : `rcode was ${JSON.stringify(rcodeName(header.rcode))}`
  } catch (error) {
    return JSON.stringify(messageOf(error))
  }
}
