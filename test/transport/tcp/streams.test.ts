import { expect } from 'chai'
import type { Messages, StreamHandler } from '../../../src/transport/listener.ts'
import { until } from '../until.ts'
import { describeStreams } from './harness.ts'

const text = (message: Uint8Array) => Buffer.from(message).toString('latin1')

/** What became of the answers that a handler made. */
interface Watched {
  made: number
  ended: number
}

/** `stream COUNT SIZE` is answered by so many messages, all else by itself. */
function streams(watched: Watched = { made: 0, ended: 0 }): StreamHandler {
  return (message) => {
    const [word, count, size = 1] = text(message).split(' ')
    return word === 'stream' ? several(Number(count), Number(size), watched) : Uint8Array.from(message)
  }
}

function* several(count: number, size: number, watched: Watched): Messages {
  try {
    for (let index = 1; index <= count; index++) {
      watched.made++
      yield Buffer.from(`${index}`.padEnd(size, '.'))
    }
  } finally {
    watched.ended++
  }
}

describeStreams('several messages to one', ({ open, client }) => {
  it('each has its frame, in their order; the next message is answered behind them', async () => {
    const listener = await open(streams())
    const asker = await client(listener)
    asker.send('before', 'stream 5', 'between', 'stream 2', 'after')
    await until(() => asker.inbox().length === 10)
    expect(asker.inbox()).to.deep.equal(['before', '1', '2', '3', '4', '5', 'between', '1', '2', 'after'])
    expect(listener.counters).to.include({ received: 5, sent: 10, failed: 0 })
  })

  it('may be promised, and none at all', async () => {
    const now = streams()
    const listener = await open(async (message, peer) => now(message, peer))
    const asker = await client(listener)
    asker.send('stream 3')
    await until(() => asker.inbox().length === 3)
    asker.send('stream 0', 'after')
    await until(() => asker.inbox().length === 4)
    expect(asker.inbox()).to.deep.equal(['1', '2', '3', 'after'])
  })

  it('all come to a client that has closed its own side', async () => {
    const listener = await open(streams())
    const asker = await client(listener)
    asker.send('stream 20 60000')
    asker.socket.end()
    await until(() => asker.isClosed())
    expect(asker.inbox()).to.have.length(20)
  })

  it('leave others their turn', async () => {
    const watched = { made: 0, ended: 0 }
    const listener = await open(streams(watched))
    const [busy, other] = [await client(listener), await client(listener)]
    busy.send('stream 1000 1000')
    await until(() => watched.made > 0)
    await other.ask('question')
    expect(watched.made).to.be.below(1000)
    await until(() => watched.ended === 1)
  })

  it('are made no faster than the client reads', async () => {
    const watched = { made: 0, ended: 0 }
    const listener = await open(streams(watched))
    const asker = await client(listener)
    asker.socket.pause()
    asker.send('stream 1000 60000') // 60 MB
    await until(() => watched.made > 1)
    expect(watched.made - listener.counters.sent).to.be.at.most(1)

    asker.socket.resume()
    await until(() => watched.ended === 1)
    await until(() => asker.inbox().length === 1000)
    expect(listener.counters.sent).to.equal(1000)
  })

  it('end where the client is gone, or reads nothing for too long', async () => {
    const watched = { made: 0, ended: 0 }
    const listener = await open(streams(watched), { writeTimeoutMs: 100 })
    const gone = await client(listener)
    gone.send('stream 1000000 60000')
    await until(() => watched.made > 1)
    gone.socket.destroy()
    await until(() => watched.ended === 1)

    const slow = await client(listener)
    slow.socket.pause()
    slow.send('stream 1000000 60000')
    await until(() => watched.ended === 2)
    expect(listener.counters.overdue).to.equal(1)
  })

  it('that fail end the connection behind what was made', async () => {
    const listener = await open(function* fail(): Messages {
      yield Buffer.from('one')
      throw new Error('lost')
    })
    const asker = await client(listener)
    asker.send('question')
    await until(() => asker.isClosed())
    expect(asker.inbox()).to.deep.equal(['one'])
    expect(listener.counters.failed).to.equal(1)
  })

  it('are sent to their end when the listener closes, if that is in time', async () => {
    const watched = { made: 0, ended: 0 }
    const listener = await open(streams(watched))
    const asker = await client(listener)
    asker.send('stream 200 1000')
    await until(() => watched.made > 0)
    await listener.close(5_000)
    await until(() => asker.isClosed())
    expect(asker.inbox()).to.have.length(200)
  })

  it('count as busy: a new client does not take the place of theirs', async () => {
    const watched = { made: 0, ended: 0 }
    const listener = await open(streams(watched), { maxConnections: 1 })
    const asker = await client(listener)
    asker.socket.pause()
    asker.send('stream 1000 60000')
    await until(() => watched.made > 1)
    const refused = await client(listener).catch(() => undefined)
    await until(() => refused === undefined || refused.isClosed())
    expect(listener.counters).to.include({ evicted: 0, refused: 1 })
  })
})
