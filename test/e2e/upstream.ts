import { once } from 'node:events'
import { createServer, type TLSSocket } from 'node:tls'
import { maximumMessageOctets } from '../../src/dns/edns.ts'
import { typeCode } from '../../src/dns/iana.ts'
import { parseRecord } from '../../src/dns/text/record.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { encodeMessage } from '../../src/dns/wire/encode.ts'
import type { ListenAddress } from '../../src/transport/listener.ts'
import { openUdpAndTcp } from '../../src/transport/open.ts'
import type { Certificate } from '../support/api-server/api-server.ts'

export type UpstreamTransport = 'udp' | 'tcp' | 'tls'

/** A name server of the outside world, with a zone of a few records; to all other names it says NXDOMAIN. */
export interface Upstream {
  readonly address: string
  /** Over UDP and TCP. */
  readonly port: number
  readonly tlsPort: number
  /** How each name was asked for, in lower case and in the order of the questions. */
  readonly asked: readonly { readonly name: string; readonly transport: UpstreamTransport }[]
  stop(): Promise<void>
}

/**
 * Starts one on a loopback address.
 *
 * @param records zone-file lines
 * @throws ListenError the address and port are somebody else's, or not for this user
 */
export async function startUpstream(
  { address, port }: ListenAddress,
  records: readonly string[],
  certificate: Certificate,
): Promise<Upstream> {
  const zone = records.map(parseRecord)
  const asked: { name: string; transport: UpstreamTransport }[] = []
  const answer = (octets: Uint8Array, transport: UpstreamTransport): Uint8Array => {
    const query = decodeMessage(octets)
    const { qname = '', qtype } = query.question ?? {}
    asked.push({ name: qname, transport })
    const found = zone.filter(({ owner, type }) => owner === qname && typeCode(type) === qtype)
    const soa = parseRecord('. 300 IN SOA upstream.example. hostmaster.upstream.example. 1 3600 600 86400 300')
    const sections = found.length > 0 ? { answer: found, authority: [] } : { answer: [], authority: [soa] }
    const rcode = found.length > 0 ? 0 : 3
    const response = { ...query, qr: true, ra: true, rcode, ...sections, additional: [] }
    return encodeMessage(response, maximumMessageOctets).octets
  }

  const listener = await openUdpAndTcp(
    { address, port },
    { udp: (octets) => answer(octets, 'udp'), tcp: (octets) => answer(octets, 'tcp') },
  )
  const connections = new Set<TLSSocket>()
  const overTls = createServer(certificate, (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket)).on('error', () => {})
    answerFrames(socket, (octets) => answer(octets, 'tls'))
  }).listen(0, address)
  await once(overTls, 'listening')
  const bound = overTls.address()
  return {
    ...listener.address,
    tlsPort: typeof bound === 'object' && bound !== null ? bound.port : 0,
    asked,
    async stop() {
      for (const socket of connections) socket.destroy()
      overTls.close()
      await listener.close(0)
    },
  }
}

/** RFC 7858 section 3.3: each message behind its length. */
function answerFrames(socket: TLSSocket, answer: (octets: Uint8Array) => Uint8Array): void {
  let held = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
      const end = 2 + held.readUInt16BE(0)
      const response = answer(held.subarray(2, end))
      const length = Buffer.alloc(2)
      length.writeUInt16BE(response.length)
      socket.write(Buffer.concat([length, response]))
      held = held.subarray(end)
    }
  })
}
