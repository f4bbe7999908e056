import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { rcodeName } from '../../src/dns/iana.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import type { ListenAddress } from '../../src/transport/listener.ts'
import { query } from '../dns/messages.ts'
import { octetsOf } from '../server/harness.ts'
import { until } from '../transport/until.ts'

/** A client that asks one question over and over, some at a time, over UDP: it never asks a second time for an answer. */
export interface QueryLoad {
  readonly sent: number
  /** How often each outcome came: an rcode, or the first address. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Asks no more, and waits until every query is answered; rejects where one is not. */
  end(): Promise<void>
}

/** Queries that wait for their answers at any time: few enough for any receive buffer. */
const atOnce = 16

export async function startLoad({ address, port }: ListenAddress, question: string): Promise<QueryLoad> {
  const socket = createSocket('udp4')
  socket.connect(port, address)
  await once(socket, 'connect')
  const waiting = new Set<number>()
  const outcomes: Record<string, number> = {}
  let sent = 0
  let isEnding = false
  const ask = (): void => {
    if (isEnding) return
    const id = sent++ % 0x10000
    waiting.add(id)
    socket.send(octetsOf(query(question, { id })))
  }
  socket.on('message', (octets) => {
    const message = decodeMessage(octets)
    if (!waiting.delete(message.id)) return
    const outcome = outcomeOf(message)
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    ask()
  })
  socket.on('error', () => {}) // a refused datagram is a query without an answer
  for (let count = 0; count < atOnce; count++) ask()
  return {
    get sent() {
      return sent
    },
    outcomes,
    async end() {
      isEnding = true
      try {
        await until(() => waiting.size === 0)
      } finally {
        socket.close()
      }
    },
  }
}

function outcomeOf({ rcode, answer: [first] }: ReturnType<typeof decodeMessage>): string {
  return first?.type === 'A' ? (first.rdata[0]?.address ?? '') : rcodeName(rcode)
}
