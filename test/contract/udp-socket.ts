import { expect } from 'chai'
import {
  type FinishedAnswers,
  type ListenAddress,
  ListenError,
  type MessageHandler,
  noAnswer,
  type Peer,
} from '../../src/transport/listener.ts'
import type { OpenUdp, UdpListener, UdpOptions } from '../../src/transport/udp/socket.ts'
import { openClient, type UdpClient } from '../transport/udp/client.ts'
import { until } from '../transport/until.ts'

const loopback4 = { address: '127.0.0.1', port: 0 }
const loopback6 = { address: '::1', port: 0 }
const longestDatagram = 65_507

/** The message itself: what comes back shows what arrived. */
const echo: MessageHandler = (message) => Uint8Array.from(message)

const latin1 = (octets: Uint8Array, length = octets.length) =>
  Buffer.from(octets.subarray(0, length)).toString('latin1')

/** A handler whose answers are held back, each until the test lets it go. */
function holdBack() {
  const held: (() => void)[] = []
  const handler: MessageHandler = (message) => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>()
    held.push(() => resolve(Uint8Array.from(message)))
    return promise
  }
  return { handler, held }
}

/** What every filling of the UDP interface has to do, asked through real sockets on the loopback. */
export function udpSocketContract(name: string, openUdp: OpenUdp): void {
  describe(`UDP socket: ${name}`, () => {
    const toClose: (() => unknown)[] = []
    afterEach(async () => {
      for (const close of toClose.splice(0).reverse()) await close()
    })

    const open = async (at: ListenAddress, handler: MessageHandler, options?: UdpOptions): Promise<UdpListener> => {
      const listener = await openUdp(at, handler, options)
      toClose.push(() => listener.close(0))
      return listener
    }
    const client = async (to: UdpListener, from?: string): Promise<UdpClient> => {
      const opened = await openClient(to.address, from)
      toClose.push(opened.close)
      return opened
    }

    describe('answers', () => {
      for (const at of [loopback4, loopback6]) {
        it(`says which port it took of ${at.address}, and answers there`, async () => {
          const listener = await open(at, echo)
          expect(listener.address.address).to.equal(at.address)
          expect(listener.address.port).to.be.greaterThan(0)
          expect(await (await client(listener)).ask('question')).to.equal('question')
        })

        it(`shows the peer on ${at.address}`, async () => {
          const peers: Peer[] = []
          const listener = await open(at, (message, { address, port }) => {
            peers.push({ address, port })
            return echo(message, { address, port })
          })
          const asker = await client(listener)
          await asker.ask('question')
          expect(peers).to.deep.equal([{ address: at.address, port: asker.port }])
        })
      }

      it('takes both families on ::, IPv4 peers shown as ::ffff:a.b.c.d', async () => {
        const peers: string[] = []
        const listener = await open({ address: '::', port: 0 }, (message, peer) => {
          peers.push(peer.address)
          return Uint8Array.from(message)
        })
        expect(await (await client(listener, '127.0.0.1')).ask('four')).to.equal('four')
        expect(await (await client(listener, '::1')).ask('six')).to.equal('six')
        expect(peers).to.deep.equal(['::ffff:127.0.0.1', '::1'])
      })

      it('takes what is promised, each when it is there', async () => {
        const { handler, held } = holdBack()
        const asker = await client(await open(loopback4, handler))
        for (const message of ['a', 'b', 'c']) asker.send(message)
        await until(() => held.length === 3)
        for (const [index, release] of held.reverse().entries()) {
          release()
          await until(() => asker.inbox.length === index + 1)
        }
        expect(asker.inbox).to.deep.equal(['c', 'b', 'a'])
      })

      it('sends nothing where there is no answer, now or later', async () => {
        const listener = await open(loopback4, (message) => {
          if (message[0] === 0) return undefined
          if (message[0] === 1) return Promise.resolve(undefined)
          return Uint8Array.from(message)
        })
        const asker = await client(listener)
        asker.send(Uint8Array.of(0))
        asker.send(Uint8Array.of(1))
        await asker.ask('!')
        expect(asker.inbox).to.deep.equal(['!'])
        expect(listener.counters).to.include({ received: 3, unsent: 0 })
      })

      it('leaves from the port that was asked', async () => {
        const listener = await open(loopback4, echo)
        const asker = await client(listener)
        await asker.ask('question')
        expect(asker.senders[0]).to.include(listener.address)
      })
    })

    describe('finished answers', () => {
      /** Has a finished answer to what begins with `f`, and makes another of all else. */
      const handler: MessageHandler = Object.assign(
        (message: Uint8Array) => Buffer.from(`made of ${latin1(message)}`),
        {
          finished: (message: Uint8Array, length: number, _peer: Peer, out: Uint8Array) =>
            message[0] === 0x66
              ? Buffer.from(out.buffer, out.byteOffset).write(`copied for ${latin1(message, length)}`)
              : noAnswer,
        },
      )

      it('are sent as they are, others are asked for', async () => {
        const listener = await open(loopback4, handler)
        const asker = await client(listener)
        expect(await asker.ask('first')).to.equal('copied for first')
        expect(await asker.ask('second')).to.equal('made of second')
        expect(await asker.ask('f')).to.equal('copied for f')
        expect(listener.counters).to.include({ received: 3, sent: 3 })
      })

      it('have room for the longest datagram', async () => {
        const rooms: number[] = []
        const finished = (...[, , , out]: Parameters<FinishedAnswers>) => {
          rooms.push(out.length)
          return out.fill(0x78, 0, longestDatagram) && longestDatagram
        }
        const asker = await client(await open(loopback4, Object.assign(echo.bind(undefined), { finished })))
        expect(await asker.ask('?')).to.equal('x'.repeat(longestDatagram))
        expect(rooms[0]).to.be.at.least(longestDatagram)
      })

      it('may be empty', async () => {
        const asker = await client(await open(loopback4, Object.assign(echo.bind(undefined), { finished: () => 0 })))
        expect(await asker.ask('?')).to.equal('')
      })

      it('each go to the peer that asked, however many come at once', async () => {
        const listener = await open(loopback4, handler)
        const askers = await Promise.all([1, 2, 3, 4].map(() => client(listener)))
        const questions = Array.from({ length: 100 }, (_, number) => `${number % 3 === 0 ? 'm' : 'f'}${number}`)
        for (const question of questions) for (const asker of askers) asker.send(`${question} of ${asker.port}`)
        for (const asker of askers) {
          await until(() => asker.inbox.length === questions.length)
          const expected = questions.map(
            (question) => `${question[0] === 'f' ? 'copied for' : 'made of'} ${question} of ${asker.port}`,
          )
          expect([...asker.inbox].sort()).to.deep.equal(expected.sort())
        }
      })

      it('show the peer', async () => {
        const peers: Peer[] = []
        const finished: FinishedAnswers = (_message, _length, { address, port }) => {
          peers.push({ address, port })
          return noAnswer
        }
        const asker = await client(await open(loopback6, Object.assign(echo.bind(undefined), { finished })))
        await asker.ask('?')
        expect(peers).to.deep.equal([{ address: '::1', port: asker.port }])
      })

      it('that fail cost their own datagram the answer, and nothing else', async () => {
        const finished: FinishedAnswers = (message) => {
          if (message[0] === 0) throw new Error('on purpose')
          return noAnswer
        }
        const listener = await open(loopback4, Object.assign(echo.bind(undefined), { finished }))
        const asker = await client(listener)
        asker.send(Uint8Array.of(0))
        expect(await asker.ask('good')).to.equal('good')
        expect(asker.inbox).to.deep.equal(['good'])
        expect(listener.counters).to.include({ received: 2, failed: 1 })
      })
    })

    describe('octets', () => {
      for (const length of [0, 1, 11, 512, 1232, 4096]) {
        it(`hands on a datagram of ${length}`, async () => {
          const asker = await client(await open(loopback4, echo))
          const message = Buffer.alloc(length, 'x')
          expect(await asker.ask(message)).to.equal(message.toString())
        })
      }

      it(`sends an answer of ${longestDatagram}`, async () => {
        const asker = await client(await open(loopback4, () => new Uint8Array(longestDatagram)))
        expect((await asker.ask('?')).length).to.equal(longestDatagram)
      })

      it('keeps a message as it is until its answer is there', async () => {
        const { handler, held } = holdBack()
        const asker = await client(await open(loopback4, handler))
        const messages = Array.from({ length: 50 }, (_, index) => `message ${index}`)
        for (const message of messages) asker.send(message)
        await until(() => held.length === messages.length)
        for (const release of held) release()
        await until(() => asker.inbox.length === messages.length)
        expect([...asker.inbox].sort()).to.deep.equal([...messages].sort())
      })
    })

    it('answers each of 2,000 datagrams of four peers exactly once', async () => {
      const listener = await open(loopback4, (message, peer) =>
        (message[0] ?? 0) % 2 === 0 ? echo(message, peer) : Promise.resolve(echo(message, peer)),
      )
      const askers = await Promise.all([1, 2, 3, 4].map(() => client(listener)))
      await Promise.all(
        askers.map(async (asker, which) => {
          for (let round = 0; round < 50; round++) {
            const before = asker.inbox.length
            const sent = Array.from({ length: 10 }, (_, index) => `${index} of round ${round} of ${which}`)
            for (const message of sent) asker.send(message)
            await until(() => asker.inbox.length === before + sent.length)
            expect(asker.inbox.slice(before).sort()).to.deep.equal(sent)
          }
        }),
      )
      expect(listener.counters.received).to.equal(2_000)
      expect(listener.counters.sent).to.equal(2_000)
    })

    describe('one bad datagram hurts no other:', () => {
      const bad: Record<string, { answer: MessageHandler; counted: 'failed' | 'unsent' }> = {
        'the handler throws': {
          answer: () => {
            throw new Error('on purpose')
          },
          counted: 'failed',
        },
        'the handler rejects': { answer: () => Promise.reject(new Error('on purpose')), counted: 'failed' },
        'the answer is longer than a datagram': { answer: () => new Uint8Array(70_000), counted: 'unsent' },
      }
      for (const [title, { answer, counted }] of Object.entries(bad)) {
        it(title, async () => {
          const listener = await open(loopback4, (message, peer) =>
            message[0] === 0 ? answer(message, peer) : Uint8Array.from(message),
          )
          const asker = await client(listener)
          asker.send(Uint8Array.of(0))
          expect(await asker.ask('good')).to.equal('good')
          await until(() => listener.counters[counted] === 1)
          expect(asker.inbox).to.deep.equal(['good'])
        })
      }

      it('the peer is gone', async () => {
        const { handler, held } = holdBack()
        const listener = await open(loopback4, (message, peer) =>
          message[0] === 0 ? handler(message, peer) : Uint8Array.from(message),
        )
        const gone = await openClient(listener.address)
        gone.send(Uint8Array.of(0))
        await until(() => held.length === 1)
        gone.close()
        held[0]?.()
        expect(await (await client(listener)).ask('still here')).to.equal('still here')
      })
    })

    describe('does not open', () => {
      it('on a port in use', async () => {
        const { address } = await open(loopback4, echo)
        const error = await refusal(openUdp(address, echo))
        expect(error.message).to.equal(`cannot listen on udp 127.0.0.1:${address.port}: address already in use`)
        expect(error).to.include({ code: 'LISTEN', isAddressInUse: true })
      })

      it('on an address of another machine', async () => {
        const error = await refusal(openUdp({ address: '192.0.2.1', port: 0 }, echo)) // RFC 5737
        expect(error.message).to.equal('cannot listen on udp 192.0.2.1:0: address not available on this machine')
        expect(error.isAddressInUse).to.equal(false)
      })
    })

    describe('options', () => {
      it('takes a receive buffer that the system will not give as a wish', async () => {
        const listener = await open(loopback4, echo, { receiveBufferOctets: 2 ** 30 })
        expect(await (await client(listener)).ask('question')).to.equal('question')
      })

      it('shares a port where both sockets say so', async function () {
        if (process.platform !== 'linux') this.skip()
        const first = await open(loopback4, echo, { reusePort: true })
        const second = await open(first.address, echo, { reusePort: true })
        expect(second.address).to.deep.equal(first.address)
      })
    })

    describe('close', () => {
      it('waits for answers under way, and takes no new datagrams', async () => {
        const { handler, held } = holdBack()
        const listener = await open(loopback4, handler)
        const asker = await client(listener)
        asker.send('under way')
        await until(() => held.length === 1)

        const closed = listener.close(60_000)
        asker.send('too late')
        held[0]?.()
        await closed
        await until(() => asker.inbox.length === 1)
        expect(asker.inbox).to.deep.equal(['under way'])
        expect(held).to.have.length(1)
      })

      it('waits no longer than it may, and an answer that comes later is none', async () => {
        const { handler, held } = holdBack()
        const listener = await open(loopback4, handler)
        const asker = await client(listener)
        asker.send('question')
        await until(() => held.length === 1)
        await listener.close(1)
        held[0]?.()
        await until(() => listener.counters.unsent === 1)
        expect(listener.counters.sent).to.equal(0)
      })

      it('frees the port, and may be called twice', async () => {
        const listener = await open(loopback4, echo)
        await Promise.all([listener.close(0), listener.close(0)])
        const again = await open(listener.address, echo)
        expect(await (await client(again)).ask('question')).to.equal('question')
      })
    })
  })
}

async function refusal(opening: Promise<unknown>): Promise<ListenError> {
  try {
    await opening
  } catch (error) {
    if (error instanceof ListenError) return error
    throw error
  }
  throw new Error('it opened')
}
