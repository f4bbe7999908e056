import { once } from 'node:events'
import { connect } from 'node:net'
import { expect } from 'chai'
import { until } from '../until.ts'
import { describeStreams, echo, holdBack, loopback } from './harness.ts'

describeStreams('close', ({ open, client }) => {
  it('takes no connections any more', async () => {
    const listener = await open(echo)
    await listener.close(0)
    const late = connect({ host: loopback.address, port: listener.address.port })
    const [error] = await once(late, 'error').catch((thrown: unknown) => [thrown])
    expect(error).to.have.property('code', 'ECONNREFUSED')
  })

  it('ends a connection on which nothing is owed at once', async () => {
    const listener = await open(echo)
    const asker = await client(listener)
    await asker.ask('question')
    await listener.close(60_000)
    await until(() => asker.isClosed())
  })

  it('answers what it has taken, and nothing that comes later', async () => {
    const { handler, held, release } = holdBack()
    const listener = await open(handler)
    const asker = await client(listener)
    asker.send('a', 'b')
    await until(() => held.size === 2)

    const closed = listener.close(60_000)
    asker.send('too late')
    release('b')
    release('a')
    await closed
    await until(() => asker.isClosed())
    expect(asker.inbox()).to.deep.equal(['b', 'a'])
    expect([...held.keys()]).to.deep.equal(['a', 'b'])
  })

  it('answers whole messages that wait behind others', async () => {
    const { handler, held, release } = holdBack()
    const listener = await open(handler, { maxUnanswered: 1 })
    const asker = await client(listener)
    asker.send('a', 'b')
    await until(() => held.size === 1)
    const closed = listener.close(60_000)
    release('a')
    await until(() => held.size === 2)
    release('b')
    await closed
    await until(() => asker.isClosed())
    expect(asker.inbox()).to.deep.equal(['a', 'b'])
  })

  it('waits no longer than it may', async () => {
    const { handler, held, release } = holdBack()
    const listener = await open(handler)
    const asker = await client(listener)
    asker.send('question')
    await until(() => held.size === 1)
    await listener.close(1)
    release('question')
    await until(() => asker.isClosed())
    expect(asker.inbox()).to.deep.equal([])
  })

  it('waits no longer than it may for a client that does not close its side', async () => {
    const { handler, held, release } = holdBack()
    const listener = await open(handler)
    const asker = await client(listener)
    asker.socket.removeAllListeners('end')
    asker.send('question')
    await until(() => held.size === 1)
    const closed = listener.close(50)
    release('question')
    await closed
    await until(() => asker.inbox().length === 1)
  })

  it('frees the port, and may be called twice', async () => {
    const listener = await open(echo)
    await Promise.all([listener.close(0), listener.close(0)])
    const again = await open(echo, {}, listener.address)
    expect(await (await client(again)).ask('question')).to.equal('question')
  })
})
