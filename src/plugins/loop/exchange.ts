import { TYPE } from '../../dns/iana.ts'
import type { Name } from '../../dns/name.ts'
import { encodeRequest } from '../../dns/request.ts'
import { exchangeOnce, type Upstreams } from '../../plugin/upstream.ts'
import type { SocketAddress } from '../../util/address.ts'

/** How long the answer may take. */
const replyMs = 2000

export interface ExchangeQuery {
  readonly at: SocketAddress
  readonly upstreams: Upstreams
  /** Ends it without an answer. */
  readonly signal: AbortSignal
}

/** Asks for the HINFO records of a name, over UDP. Whether there is an answer, whatever it says. */
export async function exchangeQuery(qname: Name, { at, upstreams, signal }: ExchangeQuery): Promise<boolean> {
  try {
    const message = encodeRequest({ qname, qtype: TYPE.HINFO }, { rd: true })
    await exchangeOnce(upstreams, message, { at, signal, transport: 'udp', replyMs, connectMs: replyMs })
    return true
  } catch {
    return false // whatever it was, it is tried again
  }
}
