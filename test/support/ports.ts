import { once } from 'node:events'
import { createServer } from 'node:net'

/** Two ports that were free a moment ago: for what has to name them beforehand. */
export async function freePorts(): Promise<readonly [number, number]> {
  const [first = 0, second = 0] = await manyFreePorts(2)
  return [first, second]
}

/** As `freePorts`, of any number. */
export async function manyFreePorts(count: number): Promise<readonly number[]> {
  const held = []
  for (let index = 0; index < count; index++) held.push(await holdPort())
  return Promise.all(held.map(({ release }) => release()))
}

async function holdPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a socket has a port')
  const release = async (): Promise<number> => {
    server.close()
    await once(server, 'close')
    return address.port
  }
  return { release }
}
