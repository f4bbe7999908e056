import { minimumPayloadSize } from '../../dns/edns.ts'
import { TYPE } from '../../dns/iana.ts'
import type { Name } from '../../dns/name.ts'
import { requestMessage } from '../../dns/request.ts'
import { encodeMessage } from '../../dns/wire/encode.ts'
import type { Upstreams } from '../../plugin/upstream.ts'
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
  const upstream = upstreams.open({ at })
  const close = () => upstream.close()
  signal.addEventListener('abort', close)
  try {
    const { octets } = encodeMessage(requestMessage({ qname, qtype: TYPE.HINFO }, { rd: true }), minimumPayloadSize)
    await upstream.exchange(octets, { transport: 'udp', replyMs, connectMs: replyMs })
    return true
  } catch {
    return false // whatever it was, it is tried again
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}
