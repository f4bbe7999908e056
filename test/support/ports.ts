import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Two ports that were free a moment ago: for what has to name them beforehand. */
export async function freePorts(): Promise<readonly [number, number]> {
  const [first = 0, second = 0] = await manyFreePorts(2)
  return [first, second]
}

/** As `freePorts`, of any number. */
export async function manyFreePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = await freePort()
    if (!ports.includes(port)) ports.push(port)
  }
  return ports
}

/**
 * Below what kernels give to clients (Linux: 32768 and up; others: 49152): a port that the kernel chose for us could be a dig's source port
 * by the time that the server of the test opens it.
 */
const lowest = 10_240
const highest = 32_767

async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1))
    if ((await isFreeOverTcp(port)) && (await isFreeOverUdp(port))) return port
  }
  throw new Error(`no free port was found between ${lowest} and ${highest}`)
}

async function isFreeOverTcp(port: number): Promise<boolean> {
  const server = createServer()
  const opened = opens(server)
  server.listen(port)
  if (!(await opened)) return false
  server.close()
  await once(server, 'close')
  return true
}

async function isFreeOverUdp(port: number): Promise<boolean> {
  const socket = createSocket({ type: 'udp6' })
  const opened = opens(socket)
  socket.bind(port)
  const isFree = await opened
  socket.close()
  await once(socket, 'close')
  return isFree
}

/** Whether the socket comes to listen. */
async function opens(socket: NodeJS.EventEmitter): Promise<boolean> {
  return once(socket, 'listening').then(
    () => true,
    () => false,
  )
}
