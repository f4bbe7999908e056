import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import {
  type FinishedAnswers,
  ListenError,
  noAnswer,
  type Peer,
  type StreamHandler,
} from '../../../src/transport/listener.ts'
import { openTcp } from '../../../src/transport/tcp/server.ts'
import { until } from '../until.ts'
import { frames, type TcpClient } from './client.ts'
import { describeStreams, echo, holdBack, loopback } from './harness.ts'

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `question ${index}`)

describeStreams('messages', ({ open, client }) => {
  for (const address of ['127.0.0.1', '::1']) {
    it(`are answered on ${address}, the peer shown`, async () => {
      const peers: Peer[] = []
      const listener = await open(
        (message, peer) => {
          peers.push(peer)
          return Uint8Array.from(message)
        },
        {},
        { address, port: 0 },
      )
      expect(listener.address.address).to.equal(address)
      const asker = await client(listener)
      expect(await asker.ask('question')).to.equal('question')
      expect(peers).to.deep.equal([{ address, port: asker.socket.localPort, localAddress: address }])
    })
  }

  it('are taken from both families on ::, IPv4 peers shown as ::ffff:a.b.c.d', async () => {
    const peers: string[] = []
    const listener = await open(
      (message, { address }) => {
        peers.push(address)
        return Uint8Array.from(message)
      },
      {},
      { address: '::', port: 0 },
    )
    await (await client(listener, '127.0.0.1')).ask('four')
    await (await client(listener, '::1')).ask('six')
    expect(peers).to.deep.equal(['::ffff:127.0.0.1', '::1'])
  })

  for (const length of [0, 1, 11, 512, 65_535]) {
    it(`may have ${length} octets, and so may answers`, async () => {
      const asker = await client(await open(echo))
      const message = 'x'.repeat(length)
      expect(await asker.ask(message)).to.equal(message)
    })
  }

  describe('with a finished answer', () => {
    /** Finished for what begins with `f`, at once for `n`, later for `l`. */
    const handler: StreamHandler = Object.assign(
      (message: Uint8Array) => {
        const answer = Buffer.from(`made of ${Buffer.from(message).toString('latin1')}`)
        return message[0] === 0x6c ? Promise.resolve(answer) : answer
      },
      {
        finished(message: Uint8Array, length: number, _peer: Peer, out: Uint8Array) {
          if (message[0] !== 0x66) return noAnswer
          const text = Buffer.from(message.subarray(0, length)).toString('latin1')
          return Buffer.from(out.buffer, out.byteOffset).write(`copied for ${text}`)
        },
      },
    )

    it('get it, each in its frame and in their order, among others', async () => {
      const listener = await open(handler)
      const asker = await client(listener)
      const questions = ['f1', 'f2', 'n3', 'f4', 'n5', 'n6', 'f7', 'f8', 'f9']
      asker.send(...questions)
      const expected = questions.map((text) => `${text.startsWith('f') ? 'copied for' : 'made of'} ${text}`)
      await until(() => asker.inbox().length === questions.length)
      expect(asker.inbox()).to.deep.equal(expected)
      expect(listener.counters).to.include({ received: 9, sent: 9 })
    })

    it('get it while an earlier question waits for its own', async () => {
      const asker = await client(await open(handler))
      asker.send('later', 'f1', 'f2')
      await until(() => asker.inbox().length === 3)
      expect(asker.inbox()).to.deep.equal(['copied for f1', 'copied for f2', 'made of later'])
    })

    it('get it from one write, and from several where one has no room', async () => {
      const finished: FinishedAnswers = (_message, _length, _peer, out) => {
        out.fill(0x78, 0, 30_000)
        return 30_000
      }
      const long = Object.assign(() => undefined, { finished })
      const listener = await open(long)
      const asker = await client(listener)
      asker.send(...Array.from({ length: 50 }, (_, number) => `${number}`))
      await until(() => asker.inbox().length === 50)
      expect(asker.inbox()).to.deep.equal(Array(50).fill('x'.repeat(30_000)))
      expect(listener.counters).to.include({ received: 50, sent: 50 })
    })

    it('end the connection where making it fails, behind what was made', async () => {
      const failing = Object.assign(echo.bind(undefined), {
        finished(message: Uint8Array) {
          if (message[0] === 0x21) throw new Error('on purpose')
          return noAnswer
        },
      })
      const listener = await open(failing)
      const asker = await client(listener)
      asker.send('good', '!', 'lost')
      await until(() => asker.isClosed())
      expect(asker.inbox()).to.deep.equal(['good'])
      expect(listener.counters).to.include({ failed: 1, received: 2 })
    })
  })

  it('may come one octet at a time', async () => {
    const asker = await client(await open(echo))
    asker.socket.setNoDelay(true)
    for (const octet of frames('slow', 'but sure')) {
      asker.socket.write(Uint8Array.of(octet))
      await setImmediate()
    }
    await until(() => asker.inbox().length === 2)
    expect(asker.inbox()).to.deep.equal(['slow', 'but sure'])
  })

  it('are answered in one segment with their length (RFC 7766 section 8)', async () => {
    const asker = await client(await open(echo))
    await asker.ask('question')
    expect(asker.segments).to.deep.equal([frames('question')])
  })

  it('are answered when the answer is there, in any order (RFC 7766 section 6.2.1.1)', async () => {
    const { handler, held, release } = holdBack()
    const asker = await client(await open(handler))
    asker.send('a', 'b', 'c')
    await until(() => held.size === 3)
    for (const message of ['c', 'a', 'b']) release(message)
    await until(() => asker.inbox().length === 3)
    expect(asker.inbox()).to.deep.equal(['c', 'a', 'b'])
  })

  const waysToAnswer = {
    now: echo,
    later: async (message: Uint8Array) => {
      const answer = Uint8Array.from(message)
      for (let turns = (message.at(-1) ?? 0) % 5; turns > 0; turns--) await setImmediate()
      return answer
    },
  }
  for (const [when, handler] of Object.entries(waysToAnswer)) {
    it(`pipelined, 1,000 at once and answered ${when}, get one answer each`, async () => {
      const asker = await client(await open(handler))
      asker.send(...numbered(1_000))
      await until(() => asker.inbox().length === 1_000)
      asker.socket.end()
      await once(asker.socket, 'close')
      expect(asker.inbox().sort()).to.deep.equal(numbered(1_000).sort())
    })

    it(`answered ${when} get all their answers after the client has ended its side`, async () => {
      const asker = await client(await open(handler))
      asker.socket.end(frames(...numbered(1_000)))
      await once(asker.socket, 'close')
      expect(asker.inbox().sort()).to.deep.equal(numbered(1_000).sort())
    })
  }

  describe('without an answer', () => {
    const nothing: Record<string, (message: Uint8Array) => Promise<undefined> | Uint8Array | undefined> = {
      'none now': () => undefined,
      'none later': () => Promise.resolve(undefined),
      'a handler that throws': () => {
        throw new Error('on purpose')
      },
      'a handler that rejects': () => Promise.reject(new Error('on purpose')),
      'an answer longer than a message': () => new Uint8Array(65_536),
    }
    for (const [title, answer] of Object.entries(nothing)) {
      it(`end the connection: ${title}`, async () => {
        const asker = await client(
          await open((message) => (message.length === 0 ? answer(message) : Uint8Array.from(message))),
        )
        asker.send('first', '')
        await once(asker.socket, 'close')
        expect(asker.inbox()).to.deep.equal(['first'])
      })
    }

    it('are the last that is taken', async () => {
      const listener = await open((message) => (message.length === 0 ? undefined : Uint8Array.from(message)))
      const asker = await client(listener)
      asker.send('first', '', 'not taken')
      await once(asker.socket, 'close')
      expect(asker.inbox()).to.deep.equal(['first'])
      expect(listener.counters.received).to.equal(2)
    })

    it('do not take from earlier ones theirs', async () => {
      const { handler, held, release } = holdBack()
      const asker = await client(
        await open((message, peer) => (message.length === 0 ? undefined : handler(message, peer))),
      )
      asker.send('a', 'b', '')
      await until(() => held.size === 2)
      release('b')
      release('a')
      await once(asker.socket, 'close')
      expect(asker.inbox()).to.deep.equal(['b', 'a'])
    })
  })

  describe('that are garbage, or broken off, leave the server standing:', () => {
    const attacks: Record<string, (client: TcpClient) => void> = {
      'half a length': ({ socket }) => socket.end(Uint8Array.of(0)),
      'half a message': ({ socket }) => socket.end(Uint8Array.of(0, 9, 1, 2)),
      'another protocol': ({ socket }) => socket.end('GET / HTTP/1.1\r\nHost: example.org\r\n\r\n'),
      'a reset': ({ reset }) => reset(),
      'a reset after a question': ({ socket, reset }) => {
        socket.write(frames('question'), () => reset())
      },
    }
    for (const [title, attack] of Object.entries(attacks)) {
      it(title, async () => {
        const listener = await open(waysToAnswer.later)
        const attacker = await client(listener)
        attack(attacker)
        await until(() => attacker.isClosed())
        expect(attacker.inbox()).to.deep.equal([])
        expect(await (await client(listener)).ask('question')).to.equal('question')
      })
    }

    it('an answer to who is gone', async () => {
      const { handler, held, release } = holdBack()
      const listener = await open((message, peer) =>
        message.length === 1 ? handler(message, peer) : echo(message, peer),
      )
      const gone = await client(listener)
      gone.send('a', 'b', 'c')
      await until(() => held.size === 3)
      gone.reset()
      for (const message of held.keys()) release(message)
      expect(await (await client(listener)).ask('question')).to.equal('question')
    })
  })

  it('may come in on a port shared by sockets that both say so', async function () {
    if (process.platform !== 'linux') this.skip()
    const first = await openTcp(loopback, echo, { reusePort: true })
    const second = await openTcp(first.address, echo, { reusePort: true })
    await Promise.all([first.close(0), second.close(0)])
    expect(second.address).to.deep.equal(first.address)
  })

  describe('cannot be had', () => {
    it('on a port in use', async () => {
      const { address } = await open(echo)
      const error = await openTcp(address, echo).catch((thrown: unknown) => thrown)
      expect(error).to.be.instanceOf(ListenError).with.property('code', 'LISTEN')
      expect(error).to.have.property(
        'message',
        `cannot listen on tcp 127.0.0.1:${address.port}: address already in use`,
      )
    })

    it('on an address of another machine', async () => {
      const error = await openTcp({ ...loopback, address: '192.0.2.1' }, echo).catch((thrown: unknown) => thrown) // RFC 5737
      expect(error).to.have.property(
        'message',
        'cannot listen on tcp 192.0.2.1:0: address not available on this machine',
      )
    })
  })
})
