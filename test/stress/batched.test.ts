/**
 * stress: memory that the kernel is given, while garbage is collected by force.
 *
 * Start here. The contract of UDP sockets, and a minute of load in which every octet is looked at.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect } from 'chai'
import { type MessageHandler, noAnswer } from '../../src/transport/listener.ts'
import { openBatchedWith } from '../../src/transport/udp/batched.ts'
import { loadLibc } from '../../src/transport/udp/libc.ts'
import { udpSocketContract } from '../contract/udp-socket.ts'
import { isBatchedHere } from '../transport/udp/batched-here.ts'
import { collect, collectAllTheWhile } from './collections.ts'

const seconds = Number(process.env.STRESS_SECONDS ?? 60)

if (isBatchedHere) {
  const openBatched = openBatchedWith(await loadLibc())

  describe('with forced collections', () => {
    let collections: { stop(): void }
    before(() => {
      collections = collectAllTheWhile(5)
    })
    after(() => collections.stop())
    udpSocketContract('recvmmsg and sendmmsg', openBatched)
  })

  describe(`under load and forced collections for ${seconds} s`, () => {
    it('answers each question with its own octets, from whatever socket, and leaves no memory behind', async function () {
      this.timeout(seconds * 1000 + 60_000)
      const collections = collectAllTheWhile(10)
      const before = memoryOf()
      let answered = 0
      const until = performance.now() + seconds * 1000
      // Sockets come and go: the memory of one that is closed must be free to go, and none other's.
      while (performance.now() < until) answered += await oneRound(Math.min(3000, until - performance.now()))
      collections.stop()
      expect(answered).to.be.greaterThan(1000 * seconds)
      // A socket's memory is 2 MB: twenty rounds that each left it behind would show.
      expect(memoryOf() - before).to.be.lessThan(24 * 1024 * 1024)
    })
  })

  /** Opens a socket on all addresses, has it asked by a thread of its own, and closes it. */
  async function oneRound(roundMs: number): Promise<number> {
    const listener = await openBatched({ address: '0.0.0.0', port: 0 }, inverting)
    const asker = new Worker(new URL('asker.ts', import.meta.url), {
      workerData: { port: listener.address.port, roundMs },
    })
    try {
      const [{ answers, wrong }] = (await once(asker, 'message')) as [{ answers: number; wrong: string[] }]
      expect(wrong).to.deep.equal([])
      expect(listener.counters).to.include({ failed: 0, unsent: 0, socketErrors: 0 })
      return answers
    } finally {
      await listener.close(1000)
      await asker.terminate()
    }
  }
}

/** Every octet inverted: a third of the answers finished, a third at once, a third later. */
const inverting: MessageHandler = Object.assign(
  (message: Uint8Array) => {
    const answer = message.map((octet) => ~octet)
    return (message[0] ?? 0) % 3 === 1 ? answer : new Promise<Uint8Array>((done) => setImmediate(done, answer))
  },
  {
    finished(message: Uint8Array, length: number, _peer: unknown, out: Uint8Array) {
      if ((message[0] ?? 0) % 3 !== 0) return noAnswer
      for (let at = 0; at < length; at++) out[at] = ~(message[at] ?? 0)
      return length
    },
  },
)

/** Octets in use after a collection, those outside of the heap too. */
function memoryOf(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
