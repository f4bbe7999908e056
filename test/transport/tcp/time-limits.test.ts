import { once } from 'node:events'
import { expect } from 'chai'
import { until } from '../until.ts'
import { frames } from './client.ts'
import { describeStreams, echo, holdBack } from './harness.ts'

const long = { readTimeoutMs: 60_000, writeTimeoutMs: 60_000, idleTimeoutMs: 60_000 }

describeStreams('connections that keep us waiting', ({ open, client, shortMs }) => {
  it('are closed when they do not say a word', async () => {
    const listener = await open(echo, { ...long, readTimeoutMs: shortMs })
    const silent = await client(listener)
    await once(silent.socket, 'close')
    expect(listener.counters.overdue).to.equal(1)
  })

  it('are closed when a message does not end', async () => {
    const listener = await open(echo, { ...long, readTimeoutMs: shortMs })
    const asker = await client(listener)
    asker.socket.write(Buffer.concat([frames('whole'), Uint8Array.of(0, 9, 1)]))
    await once(asker.socket, 'close')
    expect(asker.inbox()).to.deep.equal(['whole'])
  })

  it('are closed when octets trickle in, which win them no time', async () => {
    const listener = await open(echo, { ...long, readTimeoutMs: shortMs })
    const trickling = await client(listener)
    trickling.socket.setNoDelay(true).write(Uint8Array.of(0xff, 0xff))
    const drip = setInterval(() => trickling.socket.write(Uint8Array.of(0)), shortMs / 10)
    await until(() => listener.counters.overdue === 1)
    clearInterval(drip)
    expect(listener.counters.received).to.equal(0)
  })

  it('are closed when they are idle after an answer', async () => {
    const listener = await open(echo, { ...long, idleTimeoutMs: shortMs })
    const asker = await client(listener)
    await asker.ask('question')
    await once(asker.socket, 'close')
    expect(listener.counters.overdue).to.equal(1)
  })

  it('are not idle while an answer is owed (RFC 7766 section 6.2.3)', async () => {
    const { handler, held, release } = holdBack()
    const listener = await open(
      (message, peer) => (message.length === 0 ? echo(message, peer) : handler(message, peer)),
      {
        ...long,
        idleTimeoutMs: shortMs,
      },
    )
    const owed = await client(listener)
    owed.send('question')
    await until(() => held.size === 1)
    const idle = await client(listener)
    await idle.ask('')
    await once(idle.socket, 'close')

    release('question')
    await until(() => owed.inbox().length === 1)
    expect(owed.inbox()).to.deep.equal(['question'])
  })

  it('are closed when they do not read, and cost no more than the bound', async () => {
    const answer = new Uint8Array(60_000)
    const listener = await open(() => answer, { ...long, writeTimeoutMs: shortMs })
    const deaf = await client(listener)
    deaf.socket.pause()
    deaf.send(...Array.from({ length: 5_000 }, () => '?')) // 300 MB of answers, were they all made
    await until(() => listener.counters.overdue === 1)
    const { received, sent } = listener.counters
    expect(received - sent).to.be.at.most(5) // 256 KiB, and the one that passed it
    expect(received).to.be.below(5_000)
  })

  it('are closed when they do not close their side, ours being closed', async () => {
    const listener = await open(() => undefined, { ...long, readTimeoutMs: shortMs })
    const lingering = await client(listener)
    lingering.socket.removeAllListeners('end')
    lingering.send('question')
    await once(lingering.socket, 'end')
    await until(() => listener.counters.overdue === 1)
  })

  it('are judged by limits that are set later', async () => {
    const listener = await open(echo, long)
    const silent = await client(listener)
    listener.limit({ ...long, readTimeoutMs: shortMs })
    await once(silent.socket, 'close')
    expect(listener.counters.overdue).to.equal(1)
  })
})

describeStreams('connections that may have a number of messages', ({ open, client }) => {
  it('end behind the answer to the last, though it comes late and more were sent', async () => {
    const { handler, held, release } = holdBack()
    const listener = await open(handler, { ...long, maxQueries: 2 })
    const asker = await client(listener)
    asker.send('one', 'two', 'three')
    await until(() => held.size === 2)
    release('two')
    release('one')
    await once(asker.socket, 'end')
    expect(asker.inbox()).to.have.members(['one', 'two'])
    expect(listener.counters.received).to.equal(2)
  })

  it('are counted one by one', async () => {
    const listener = await open(echo, { ...long, maxQueries: 2 })
    const first = await client(listener)
    const second = await client(listener)
    for (const each of [first, second]) expect(await each.ask('one')).to.equal('one')
    for (const each of [first, second]) expect(await each.ask('two')).to.equal('two')
    await until(() => first.isClosed() && second.isClosed())
  })
})
