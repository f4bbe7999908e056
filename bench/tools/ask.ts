import { createSocket } from 'node:dgram'
import { setTimeout } from 'node:timers/promises'
import type { Message } from '../../src/dns/message.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'

/** How long to wait for one answer before asking again. */
const patienceMs = 50

/**
 * Asks until there is an answer.
 *
 * @param query in wire form
 * @param deadlineMs for all attempts together
 * @returns undefined: there was none
 */
export async function ask(
  { host, port }: { readonly host: string; readonly port: number },
  query: Uint8Array,
  deadlineMs: number,
): Promise<Message | undefined> {
  const until = performance.now() + deadlineMs
  do {
    const answer = await askOnce(host, port, query)
    if (answer !== undefined) return decodeMessage(answer)
  } while (performance.now() < until)
  return undefined
}

async function askOnce(host: string, port: number, query: Uint8Array): Promise<Buffer | undefined> {
  const socket = createSocket('udp4')
  const { promise, resolve } = Promise.withResolvers<Buffer>()
  socket.on('message', resolve)
  socket.on('error', () => {})
  socket.send(query, port, host)
  const answer = await Promise.race([promise, setTimeout(patienceMs, undefined)])
  socket.close()
  return answer
}
