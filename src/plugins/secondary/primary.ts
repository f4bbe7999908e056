import { RCODE, rcodeName, TYPE } from '../../dns/iana.ts'
import type { Name } from '../../dns/name.ts'
import { encodeRequest } from '../../dns/request.ts'
import { decodeMessage } from '../../dns/wire/decode.ts'
import { exchangeOnce, UpstreamError, type Upstreams } from '../../plugin/upstream.ts'
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
  const message = encodeRequest({ qname: origin, qtype: TYPE.SOA })
  const how = { transport: 'tcp', replyMs: limitMs, connectMs: limitMs } as const
  const { rcode, answer } = decodeMessage(await exchangeOnce(upstreams, message, { at, signal, ...how }))
  if (rcode !== RCODE.NOERROR) throw new UpstreamError(`rcode was ${JSON.stringify(rcodeName(rcode))}`)
  for (const rrset of answer) {
    const [soa] = rrset.type === 'SOA' && rrset.owner === origin ? rrset.rdata : []
    if (soa !== undefined) return soa.serial
  }
  throw new UpstreamError('dns: no SOA')
}

/**
 * A zone as a primary has it (RFC 5936).
 *
 * @throws ServerError it cannot be had whole, or is no zone
 */
export async function transferFrom(origin: Name, { at, upstreams, signal }: AskPrimary): Promise<Zone> {
  const message = encodeRequest({ qname: origin, qtype: TYPE.AXFR })
  const incoming = new IncomingZone(origin)
  const take = (octets: Uint8Array) => incoming.take(octets)
  await upstreams.receive(message, { at, connectMs: limitMs, pauseMs: limitMs, signal, take })
  return buildZone(origin, incoming.records)
}
