import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { ListenAddress } from '../../src/transport/listener.ts'
import { openUdpAndTcp } from '../../src/transport/open.ts'
import type { TestServer } from '../support/serve.ts'

/** A server's responses over real sockets. */
export interface Sockets {
  udp(query: Uint8Array): Promise<Uint8Array>
  tcp(query: Uint8Array): Promise<Uint8Array>
  close(): Promise<void>
}

/** Opens UDP and TCP on a free port before the responders of `server`. */
export async function openSockets(server: TestServer): Promise<Sockets> {
  const listener = await openUdpAndTcp(
    { address: '127.0.0.1', port: 0 },
    {
      udp: (octets) => server.send(octets, { transport: 'udp' }),
      tcp: (octets) => server.send(octets, { transport: 'tcp' }),
    },
  )
  return {
    udp: (query) => askOverUdp(listener.address, query),
    tcp: (query) => askOverTcp(listener.address, query),
    close: () => listener.close(0),
  }
}

export async function askOverUdp({ address, port }: ListenAddress, query: Uint8Array): Promise<Uint8Array> {
  const socket = createSocket('udp4')
  socket.send(query, port, address)
  const [response] = await once(socket, 'message')
  socket.close()
  return response
}

export async function askOverTcp({ address, port }: ListenAddress, query: Uint8Array): Promise<Uint8Array> {
  const socket = connect({ host: address, port })
  const length = Buffer.alloc(2)
  length.writeUInt16BE(query.length)
  socket.end(Buffer.concat([length, query]))
  const response: Buffer = Buffer.concat(await socket.toArray())
  return response.subarray(2)
}
