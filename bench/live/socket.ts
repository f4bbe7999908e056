import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** A socket to a server that may not listen yet: what the kernel says of that is passed over. */
export async function openSocket({ host, port }: { readonly host: string; readonly port: number }): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.connect(port, host)
  await once(socket, 'connect')
  socket.on('error', () => {})
  return socket
}
