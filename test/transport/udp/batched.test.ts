import { constants } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { expect } from 'chai'
import type { MessageHandler } from '../../../src/transport/listener.ts'
import { openBatchedWith } from '../../../src/transport/udp/batched.ts'
import { ERRNO, type Libc, loadLibc } from '../../../src/transport/udp/libc.ts'
import type { UdpListener } from '../../../src/transport/udp/socket.ts'
import { udpSocketContract } from '../../contract/udp-socket.ts'
import { until } from '../until.ts'
import { isBatchedHere } from './batched-here.ts'
import { openClient, type UdpClient } from './client.ts'

/** Datagrams that one turn of the event loop may answer: src/transport/udp/batched.ts. */
const datagramsPerTurn = 256

const echo: MessageHandler = (message) => message
const later: MessageHandler = (message) => Promise.resolve(message)

if (isBatchedHere) {
  const libc = await loadLibc()
  udpSocketContract('recvmmsg and sendmmsg', openBatchedWith(libc))
  describe('recvmmsg and sendmmsg', () => batchedSuite(libc))
}

function batchedSuite(libc: Libc): void {
  const toClose: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close()
  })
  const open = async (handler: MessageHandler, with_ = libc, address = '127.0.0.1'): Promise<UdpListener> => {
    const listener = await openBatchedWith(with_)({ address, port: 0 }, handler)
    toClose.push(() => listener.close(0))
    return listener
  }
  const client = async (to: UdpListener, host?: string): Promise<UdpClient> => {
    const opened = await openClient(to.address, host)
    toClose.push(opened.close)
    return opened
  }

  describe('on a wildcard address', () => {
    for (const wildcard of ['0.0.0.0', '::']) {
      for (const [way, handler] of [
        ['at once', echo],
        ['later', later],
      ] as const) {
        it(`answer ${way} from the address of ${wildcard} that was asked`, async () => {
          const listener = await open(handler, libc, wildcard)
          for (const asked of ['127.0.0.1', '127.0.0.2', '127.9.8.7', ...(wildcard === '::' ? ['::1'] : [])]) {
            const asker = await client(listener, asked)
            for (let round = 0; round < 3; round++) expect(await asker.ask(asked)).to.equal(asked)
            expect(new Set(asker.senders.map(({ address }) => address))).to.deep.equal(new Set([asked]))
          }
        })
      }
    }

    it('answer from the right address also behind a question without an answer', async () => {
      const listener = await open((message) => (message[0] === 0x21 ? undefined : message), libc, '0.0.0.0')
      const askers = await Promise.all(['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((asked) => client(listener, asked)))
      for (let round = 0; round < 20; round++) {
        for (const asker of askers) for (const message of ['!', 'a', '!', '!', 'b']) asker.send(message)
      }
      for (const [index, asker] of askers.entries()) {
        await until(() => asker.inbox.length === 40)
        expect(new Set(asker.senders.map(({ address }) => address))).to.deep.equal(new Set([`127.0.0.${index + 1}`]))
      }
    })
  })

  it(`let others have their turn after ${datagramsPerTurn} datagrams, however many there are`, async () => {
    let sinceTurn = 0
    const perTurn: number[] = []
    const listener = await open(() => {
      sinceTurn++
      return undefined
    })
    // The event loop stands still until more datagrams than that wait in the socket.
    const sent = new Int32Array(new SharedArrayBuffer(4))
    const flood = new Worker(floodSource, {
      eval: true,
      workerData: { port: listener.address.port, count: 5000, sent },
    })
    let hasFlooded = false
    flood.on('message', () => {
      hasFlooded = true
    })
    while (Atomics.load(sent, 0) < 2 * datagramsPerTurn) Atomics.wait(sent, 0, Atomics.load(sent, 0), 1000)
    const turn = (): void => {
      perTurn.push(sinceTurn)
      sinceTurn = 0
      if (!hasFlooded) setImmediate(turn)
    }
    setImmediate(turn)
    await until(() => hasFlooded)
    await flood.terminate()
    expect(Math.max(...perTurn)).to.equal(datagramsPerTurn)
  })

  describe('where the system', () => {
    /** The real calls, but for what a test says of one: it may answer for the system. */
    const faulty = (changes: Partial<Libc>): Libc => ({ ...libc, ...changes })
    const messages = Array.from({ length: 60 }, (_, number) => `message ${number}`)
    const askAll = async (listener: UdpListener, expected: number): Promise<readonly string[]> => {
      const asker = await client(listener)
      for (const message of messages) asker.send(message)
      await until(() => asker.inbox.length >= expected)
      return asker.inbox
    }

    for (const [way, handler] of [
      ['at once', echo],
      ['later', later],
    ] as const) {
      it(`takes only some of the answers that are sent ${way}, all are sent`, async () => {
        const sendmmsg: Libc['sendmmsg'] = (fd, vector, count) => libc.sendmmsg(fd, vector, Math.min(count, 2))
        const listener = await open(handler, faulty({ sendmmsg }))
        expect([...(await askAll(listener, messages.length))].sort()).to.deep.equal([...messages].sort())
        expect(listener.counters).to.include({ received: 60, sent: 60, unsent: 0 })
      })

      it(`is busy (EAGAIN) or interrupted (EINTR) with answers that are sent ${way}, they wait`, async () => {
        let calls = 0
        const sendmmsg: Libc['sendmmsg'] = (fd, vector, count) => {
          calls++
          if (calls % 3 === 1) return ERRNO.EAGAIN
          return calls % 3 === 2 ? ERRNO.EINTR : libc.sendmmsg(fd, vector, Math.min(count, 3))
        }
        const listener = await open(handler, faulty({ sendmmsg }))
        expect([...(await askAll(listener, messages.length))].sort()).to.deep.equal([...messages].sort())
        expect(listener.counters).to.include({ received: 60, sent: 60, unsent: 0 })
      })

      it(`refuses one of the answers that are sent ${way}, the others are sent`, async () => {
        let refusals = 0
        const sendmmsg: Libc['sendmmsg'] = (fd, vector, count) =>
          refusals++ === 1 ? -constants.errno.ENETUNREACH : libc.sendmmsg(fd, vector, Math.min(count, 1))
        const listener = await open(handler, faulty({ sendmmsg }))
        expect(await askAll(listener, messages.length - 1)).to.have.length(messages.length - 1)
        await until(() => listener.counters.received === 60)
        expect(listener.counters).to.include({ sent: 59, unsent: 1 })
      })
    }

    it('takes no answers for a while, no questions are read', async () => {
      let isBusy = true
      let received = 0
      const listener = await open(
        echo,
        faulty({
          sendmmsg: (fd, vector, count) => (isBusy ? ERRNO.EAGAIN : libc.sendmmsg(fd, vector, count)),
          recvmmsg: (fd, vector, count) => {
            if (isBusy && received > 0) throw new Error('it reads while it cannot answer')
            const got = libc.recvmmsg(fd, vector, count)
            received += Math.max(got, 0)
            return got
          },
        }),
      )
      const asker = await client(listener)
      asker.send('first')
      await until(() => received > 0)
      for (const message of messages) asker.send(message)
      await setTimeout(20)
      isBusy = false
      await until(() => asker.inbox.length === messages.length + 1)
      expect(asker.inbox[0]).to.equal('first')
    })

    it('takes no answers until the end, closing gives them up in time', async () => {
      const listener = await open(echo, faulty({ sendmmsg: () => ERRNO.EAGAIN }))
      const asker = await client(listener)
      asker.send('?')
      await until(() => listener.counters.received === 1)
      await listener.close(10)
      expect(listener.counters).to.include({ sent: 0, unsent: 1 })
    })

    it('tells of an error that belongs to no question, it is counted', async () => {
      let isFirst = true
      const listener = await open(
        echo,
        faulty({
          recvmmsg: (fd, vector, count) => {
            const result = isFirst ? -constants.errno.ECONNREFUSED : libc.recvmmsg(fd, vector, count)
            isFirst = false
            return result
          },
        }),
      )
      expect(await (await client(listener)).ask('question')).to.equal('question')
      expect(listener.counters).to.include({ received: 1, sent: 1, socketErrors: 1 })
    })

    it('does not let a socket be set up, it is closed, and the error says why', async () => {
      const closed: number[] = []
      const opening = open(
        echo,
        faulty({
          bind: () => -constants.errno.EACCES,
          close: (fd) => {
            closed.push(fd)
            return libc.close(fd)
          },
        }),
      )
      const error = await opening.catch((thrown: unknown) => thrown)
      expect(error).to.have.property('message', 'cannot listen on udp 127.0.0.1:0: permission denied')
      expect(closed).to.have.length(1)
    })
  })
}

/** Sends as fast as it can from a thread of its own, and says when it is done. */
const floodSource = `
const { createSocket } = require('node:dgram')
const { parentPort, workerData } = require('node:worker_threads')
const socket = createSocket('udp4')
let left = workerData.count
const next = () => {
  Atomics.notify(workerData.sent, 0, Atomics.add(workerData.sent, 0, 1))
  if (left-- === 0) { socket.close(); parentPort.postMessage('done') }
  else socket.send('flood', workerData.port, '127.0.0.1', next)
}
next()
`
