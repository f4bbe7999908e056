import { once } from 'node:events'
import { expect } from 'chai'
import { until } from '../until.ts'
import { openClient } from './client.ts'
import { describeStreams, echo, holdBack } from './harness.ts'

describeStreams('back-pressure', ({ open, client }) => {
  it('takes up again with a client that reads at last: every answer comes, once', async () => {
    const listener = await open((message) => Buffer.concat([message, new Uint8Array(60_000)]))
    const asker = await client(listener)
    asker.socket.pause()
    const questions = Array.from({ length: 500 }, (_, index) => `question ${index};`)
    asker.send(...questions) // 30 MB of answers
    await until(() => listener.counters.received > listener.counters.sent + 1)
    expect(listener.counters.received).to.be.below(500)

    asker.socket.resume()
    await until(() => listener.counters.sent === 500)
    asker.socket.end()
    await once(asker.socket, 'close')
    expect(asker.inbox().map((answer) => answer.slice(0, answer.indexOf(';') + 1))).to.deep.equal(questions)
  })

  it('takes no more messages than may be unanswered, and the next when one is answered', async () => {
    const { handler, held, release } = holdBack()
    const listener = await open(handler, { maxUnanswered: 3 })
    const asker = await client(listener)
    asker.send('a', 'b', 'c', 'd', 'e')
    await until(() => held.size === 3)
    const other = await client(listener)
    other.send('of another client')
    await until(() => held.size === 4)
    expect([...held.keys()]).to.deep.equal(['a', 'b', 'c', 'of another client'])

    release('b')
    await until(() => held.size === 5)
    expect(held.has('d')).to.equal(true)
    for (const message of ['a', 'c', 'd']) release(message)
    await until(() => held.size === 6)
    release('e')
    await until(() => asker.inbox().length === 5)
    expect(asker.inbox()).to.deep.equal(['b', 'a', 'c', 'd', 'e'])
  })
})

describeStreams('connections, as many as there may be', ({ open, client }) => {
  it('the one that is quiet longest makes room for a new one', async () => {
    const listener = await open(echo, { maxConnections: 2 })
    const first = await client(listener)
    await first.ask('first')
    const second = await client(listener)
    await second.ask('second')
    await first.ask('first again')

    const third = await client(listener)
    expect(await third.ask('third')).to.equal('third')
    await until(() => second.isClosed())
    expect(await first.ask('still here')).to.equal('still here')
    expect(listener.counters).to.include({ accepted: 3, evicted: 1, refused: 0 })
  })

  it('one that has not yet asked makes room as well', async () => {
    const listener = await open(echo, { maxConnections: 1 })
    const silent = await client(listener)
    expect(await (await client(listener)).ask('question')).to.equal('question')
    await until(() => silent.isClosed())
  })

  it('a new one is refused while an answer is owed on every other', async () => {
    const { handler, held, release } = holdBack()
    const listener = await open(handler, { maxConnections: 1 })
    const busy = await client(listener)
    busy.send('question')
    await until(() => held.size === 1)

    const refused = await openClient(listener.address)
    await until(() => refused.isClosed())
    expect(listener.counters).to.include({ accepted: 1, evicted: 0, refused: 1 })
    release('question')
    await until(() => busy.inbox().length === 1)
  })

  it('one that has gone leaves its place', async () => {
    const listener = await open(echo, { maxConnections: 1 })
    for (const question of ['first', 'second', 'third']) {
      const asker = await client(listener)
      await asker.ask(question)
      asker.socket.end()
      await once(asker.socket, 'close')
    }
    expect(listener.counters).to.include({ accepted: 3, refused: 0 })
  })
})
