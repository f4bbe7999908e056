import { minimumPayloadSize } from '../../dns/edns.ts'
import { RCODE, rcodeName, TYPE } from '../../dns/iana.ts'
import type { Name } from '../../dns/name.ts'
import { requestMessage } from '../../dns/request.ts'
import { decodeMessage } from '../../dns/wire/decode.ts'
import { encodeMessage } from '../../dns/wire/encode.ts'
import { UpstreamError, type Upstreams } from '../../plugin/upstream.ts'
import { buildZone, type Zone } from '../../plugin/zone/zone.ts'
import type { SocketAddress } from '../../util/address.ts'
import { IncomingZone } from './incoming.ts'

/** How long a connection, and each message, may take: as in CoreDNS. */
const limitMs = 2000

export interface AskPrimary {
  readonly at: SocketAddress
  readonly upstreams: Upstreams
  /** Ends it without an answer. */
  readonly signal: AbortSignal
}

/**
 * The serial that a zone has at a primary, asked over TCP lest somebody else answers.
 *
 * @throws ServerError it cannot be asked, or does not have the zone
 */
export async function serialAt(origin: Name, { at, upstreams, signal }: AskPrimary): Promise<number> {
  const upstream = upstreams.open({ at })
  const close = () => upstream.close()
  signal.addEventListener('abort', close)
  try {
    const message = queryFor(origin, TYPE.SOA)
    const reply = await upstream.exchange(message, { transport: 'tcp', replyMs: limitMs, connectMs: limitMs })
    const { rcode, answer } = decodeMessage(reply)
    if (rcode !== RCODE.NOERROR) throw new UpstreamError(`rcode was ${JSON.stringify(rcodeName(rcode))}`)
    for (const rrset of answer) {
      const [soa] = rrset.type === 'SOA' && rrset.owner === origin ? rrset.rdata : []
      if (soa !== undefined) return soa.serial
    }
    throw new UpstreamError('dns: no SOA')
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}

/**
 * A zone as a primary has it (RFC 5936).
 *
 * @throws ServerError it cannot be had whole, or is no zone
 */
export async function transferFrom(origin: Name, { at, upstreams, signal }: AskPrimary): Promise<Zone> {
  const message = queryFor(origin, TYPE.AXFR)
  const incoming = new IncomingZone(origin)
  const take = (octets: Uint8Array) => incoming.take(octets)
  await upstreams.receive(message, { at, connectMs: limitMs, pauseMs: limitMs, signal, take })
  return buildZone(origin, incoming.records)
}

function queryFor(qname: Name, qtype: number): Uint8Array {
  return encodeMessage(requestMessage({ qname, qtype }), minimumPayloadSize).octets
}
