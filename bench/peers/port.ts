import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Ports that no system gives to a socket that asks for any: nobody takes one between our look and the server's. */
const range = { first: 20_000, count: 10_000 }

/** How many ports are tried. */
const attempts = 100

/**
 * A port that is free for both UDP and TCP, for a server that has to be told one.
 *
 * @throws Error there is none
 */
export async function freePort(host: string): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = range.first + Math.floor(Math.random() * range.count)
    if (await isFree(host, port)) return port
  }
  throw new Error(`found no free port of ${host} in ${attempts} attempts`)
}

async function isFree(host: string, port: number): Promise<boolean> {
  const udp = createSocket('udp4')
  const tcp = createServer()
  try {
    udp.bind(port, host)
    await once(udp, 'listening')
    tcp.listen(port, host)
    await once(tcp, 'listening')
    return true
  } catch {
    return false
  } finally {
    udp.close()
    tcp.close()
  }
}
