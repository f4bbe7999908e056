import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import { ClusterStore } from '../../src/cluster/store.ts'
import type { Next } from '../../src/plugin/handler.ts'
import { ChangeFeed } from '../../src/server/change-feed.ts'
import { Server, type ServerGroup } from '../../src/server/server.ts'
import type { RunningBlock } from '../../src/server/zones.ts'
import { type ListenAddress, ListenError } from '../../src/transport/listener.ts'
import { openDgram } from '../../src/transport/udp/dgram.ts'
import { silentLogger } from '../../src/util/log.ts'
import { Metrics } from '../../src/util/metrics.ts'
import { query, records } from '../dns/messages.ts'
import { freePorts } from '../support/ports.ts'
import { type QueryLoad, startLoad } from '../support/query-load.ts'
import { frames, openClient } from '../transport/tcp/client.ts'
import { until } from '../transport/until.ts'
import { answerOf, octetsOf, zonesOf } from './harness.ts'

const anyPort: ListenAddress = { address: '127.0.0.1', port: 0 }
const clock = { now: () => 1000 }
const name = 'a.test.'

describe('Server', () => {
  const opened: Server[] = []
  const loads: QueryLoad[] = []
  afterEach(async () => {
    for (const load of loads.splice(0)) await load.end().catch(() => {})
    for (const server of opened.splice(0)) await server.stop()
  })

  async function start(...groups: readonly ServerGroup[]): Promise<Server> {
    const server = new Server({
      ...contentOf(groups),
      log: silentLogger,
      clock,
      extendedErrors: true,
      openUdp: openDgram,
    })
    opened.push(server)
    await server.start()
    return server
  }

  async function load(to: ListenAddress): Promise<QueryLoad> {
    const started = await startLoad(to, `${name} A`)
    loads.push(started)
    return started
  }

  it('shares an address that was named, if it is to, and never a port that the system chose', async function () {
    if (process.platform !== 'linux') this.skip()
    const [port] = await freePorts()
    for (const wanted of [port, 0]) {
      const groups = [groupOf({ address: '127.0.0.1', port: wanted }, answering('192.0.2.0'))]
      const server = new Server({
        ...contentOf(groups),
        log: silentLogger,
        clock,
        extendedErrors: true,
        openUdp: openDgram,
        reusePort: true,
      })
      opened.push(server)
      await server.start()
      const [at] = addressesOf(server)
      const other = openDgram(at, (octets) => octets, { reusePort: true })
      const isShared = await other.then(
        (listener) => listener.close(0).then(() => true),
        (error) => !(error instanceof ListenError && error.isAddressInUse),
      )
      expect(isShared, `port ${wanted}`).to.equal(wanted !== 0)
    }
  })

  it('loses no query while what it answers with is replaced, again and again', async () => {
    const server = await start(groupOf(anyPort, answering('192.0.2.0')))
    const [at] = addressesOf(server)
    const asking = await load(at)
    await until(() => asking.sent > 100)
    for (let version = 1; version <= 20; version++) {
      const seen = asking.sent
      const slow = version % 2 === 0 // half of them answer from the cache, half do not
      const replacement = await server.replace(contentOf([groupOf(anyPort, answering(`192.0.2.${version}`, slow))]))
      await replacement.commit()
      await until(() => asking.sent > seen + 100)
    }
    await asking.end()
    const outcomes = Object.entries(asking.outcomes)
    expect(outcomes.map(([address]) => address)).to.have.members(
      Array.from({ length: 21 }, (_, version) => `192.0.2.${version}`),
    )
    expect(outcomes.reduce((sum, [, count]) => sum + count, 0)).to.equal(asking.sent)
    expect(addressesOf(server), 'the sockets are the same').to.deep.equal([at])
  })

  it('answers a query that is under way by whom it was asked of, and waits for it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const held: Next = async () => {
      await promise
      return answerOf({ answer: records(`${name} 5 IN A 192.0.2.1`), validity: { kind: 'once' } })
    }
    const server = await start(groupOf(anyPort, held))
    const asking = await load(addressesOf(server)[0])
    const replacement = await server.replace(contentOf([groupOf(anyPort, answering('192.0.2.2'))]))
    await turns()
    let hasEnded = false
    const ended = replacement.commit().then(() => {
      hasEnded = true
    })
    await turns()
    expect(hasEnded).to.equal(false)
    resolve()
    await ended
    await until(() => asking.outcomes['192.0.2.2'] !== undefined)
    await asking.end()
    expect(asking.outcomes['192.0.2.1'], 'those that were asked before').to.equal(16)
  })

  it('changes nothing before it is told to', async () => {
    const server = await start(groupOf(anyPort, answering('192.0.2.1')))
    const [at] = addressesOf(server)
    const replacement = await server.replace(contentOf([groupOf(anyPort, answering('192.0.2.2'))]))
    expect(await ask(at)).to.equal('192.0.2.1')
    await replacement.abandon()
    expect(await ask(at)).to.equal('192.0.2.1')
  })

  it('knows the address that a connection came to, where it listens at all', async () => {
    const seen: string[] = []
    const noting: Next = ({ client }) => {
      seen.push(`${client.address} asked ${client.localAddress}`)
      return { ...answerOf(), validity: { kind: 'once' } }
    }
    const server = await start(groupOf({ address: '::', port: 0 }, noting))
    const [{ port }] = addressesOf(server)
    for (const address of ['127.0.0.1', '::1']) {
      const client = await openClient({ address, port })
      await client.ask(Buffer.from(octetsOf(query(`${name} A`))).toString('latin1'))
      client.socket.destroy()
    }
    expect(seen).to.deep.equal(['127.0.0.1 asked 127.0.0.1', '::1 asked ::1'])
  })

  it('knows the port that a query came to, also one that the system chose', async () => {
    const seen = new Set<string>()
    const seeing: Next = ({ client }) => {
      seen.add(`${client.transport} ${client.localPort}`)
      return answerOf({ answer: records(`${name} 5 IN A 192.0.2.1`), validity: { kind: 'once' } })
    }
    const [named] = await freePorts()
    const server = await start(groupOf(anyPort, seeing), groupOf({ ...anyPort, port: named }, seeing))
    const [chosen, other = anyPort] = addressesOf(server)
    const askBoth = async () => {
      seen.clear()
      for (const at of [chosen, other]) {
        await ask(at)
        const client = await openClient(at)
        await client.ask(Buffer.from(octetsOf(query(`${name} A`))).toString('latin1'))
        client.socket.destroy()
      }
      return [...seen]
    }
    const expected = [chosen.port, named].flatMap((port) => [`udp ${port}`, `tcp ${port}`])
    expect(await askBoth()).to.deep.equal(expected)
    const groups = [groupOf(anyPort, seeing), groupOf({ ...anyPort, port: named }, seeing)]
    await (await server.replace(contentOf(groups))).commit()
    expect(await askBoth(), 'after a reload').to.deep.equal(expected)
  })

  it('opens what is new and closes what is gone', async () => {
    const [first, second] = await freePorts()
    const at = (port: number) => ({ address: '127.0.0.1', port })
    const server = await start(groupOf(at(first), answering('192.0.2.1')))
    const replacement = await server.replace(contentOf([groupOf(at(second), answering('192.0.2.2'))]))
    expect(await ask(at(first)), 'until it is told to, both answer').to.equal('192.0.2.1')
    expect(await ask(at(second))).to.equal('192.0.2.2')
    await replacement.commit()
    expect(await ask(at(second))).to.equal('192.0.2.2')
    expect(addressesOf(server)).to.deep.equal([at(second)])
    const again = await start(groupOf(at(first), answering('192.0.2.3')))
    expect(addressesOf(again), 'the port is free').to.deep.equal([at(first)])
  })

  it('is as it was where a new address cannot be had', async () => {
    const taken = await start(groupOf(anyPort, answering('192.0.2.9')))
    const [other] = await freePorts()
    const server = await start(groupOf(anyPort, answering('192.0.2.1')))
    const [at] = addressesOf(server)
    const wanted = [anyPort, { address: '127.0.0.1', port: other }, addressesOf(taken)[0]]
    const failed = await server
      .replace(contentOf(wanted.map((address) => groupOf(address, answering('192.0.2.2')))))
      .catch((error: unknown) => error)
    expect(failed).to.be.instanceOf(ListenError)
    expect(await ask(at)).to.equal('192.0.2.1')
    expect(addressesOf(server)).to.deep.equal([at])
    const free = await start(groupOf({ address: '127.0.0.1', port: other }, answering('192.0.2.3')))
    expect(addressesOf(free), 'what was opened for it is closed').to.have.length(1)
  })

  it('keeps TCP connections, which ask the new from their next message on', async () => {
    const server = await start(groupOf(anyPort, answering('192.0.2.1')))
    const client = await openClient(addressesOf(server)[0])
    const asked = Buffer.from(octetsOf(query(`${name} A`))).toString('latin1')
    const before = await client.ask(asked)
    await (await server.replace(contentOf([groupOf(anyPort, answering('192.0.2.2'))]))).commit()
    const after = await client.ask(asked)
    expect(before).to.not.equal(after)
    client.socket.destroy()
  })

  it('judges TCP connections by what the blocks set, those that are open as well', async () => {
    const limited = (maxQueries: number) =>
      groupOf(anyPort, answering('192.0.2.1'), { settings: { tcp: { maxQueries } } })
    const server = await start(limited(1))
    const octets = Buffer.from(octetsOf(query(`${name} A`))).toString('latin1')
    const first = await openClient(addressesOf(server)[0])
    first.socket.write(frames(octets, octets))
    await until(() => first.isClosed())
    expect(first.inbox()).to.have.length(1)

    await (await server.replace(contentOf([limited(3)]))).commit()
    const second = await openClient(addressesOf(server)[0])
    second.socket.write(frames(octets, octets))
    await until(() => second.inbox().length === 2)
    await (await server.replace(contentOf([limited(2)]))).commit()
    second.socket.write(frames(octets, octets))
    await until(() => second.isClosed())
    expect(second.inbox()).to.have.length(3)
  })

  it('has the plugins begin their work with the sockets, and end it behind the last answer', async () => {
    const events: string[] = []
    const service = (which: string) => ({
      start: (at: readonly ListenAddress[]) => {
        events.push(`${which} begins, sockets: ${at.length}`)
      },
      stop: () => {
        events.push(`${which} ends`)
      },
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    const held: Next = async () => {
      await promise
      events.push('the answer')
      return answerOf()
    }
    const server = await start(groupOf(anyPort, held, { services: [service('first')] }))
    const client = await openClient(addressesOf(server)[0])
    client.send(Buffer.from(octetsOf(query(`${name} A`))).toString('latin1'))
    await turns()
    const next = [groupOf(anyPort, answering('192.0.2.2'), { services: [service('second')] })]
    const committed = (await server.replace(contentOf(next))).commit()
    await turns()
    resolve()
    await committed
    await server.stop()
    client.socket.destroy()
    expect(events).to.deep.equal([
      'first begins, sockets: 1',
      'second begins, sockets: 1',
      'the answer',
      'first ends',
      'second ends',
    ])
  })

  it('tells plugins of the sockets that answer plain DNS', async () => {
    const told: (readonly ListenAddress[])[] = []
    const services = [{ start: (at: readonly ListenAddress[]) => void told.push(at), stop() {} }]
    const group = groupOf(anyPort, answering('192.0.2.1'), { services })
    const secured = { ...group, addresses: [{ scheme: 'tls', ...anyPort }] } as const
    const server = await start(secured, group)
    expect(server.places.map(({ address }) => address.scheme)).to.deep.equal(['tls', 'dns'])
    expect(told).to.deep.equal([[server.places[1]?.address]])
  })

  it('starts nothing where a plugin cannot begin its work', async () => {
    const fail = () => {
      throw new Error('no work today')
    }
    const events: string[] = []
    const stop = () => {
      events.push('it ends')
    }
    const failed = await start(groupOf(anyPort, answering('192.0.2.1'), { services: [{ start: fail, stop }] })).catch(
      (error: unknown) => error,
    )
    expect(failed).to.be.instanceOf(Error).with.property('message', 'no work today')
    expect(events).to.deep.equal(['it ends'])
  })

  it('hears of the cluster that it answers from by now', async () => {
    const server = await start(groupOf(anyPort, answering('192.0.2.1')))
    const [at] = addressesOf(server)
    let address = '192.0.2.2'
    const validity = { kind: 'until-changed', tags: ['ns:test'] } as const
    const chain: Next = () => answerOf({ answer: records(`${name} 5 IN A ${address}`), validity })
    const cluster = new ClusterStore(clock)
    await (await server.replace({ groups: [groupOf(anyPort, chain)], cluster })).commit()
    expect(await ask(at)).to.equal('192.0.2.2')
    address = '192.0.2.3'
    expect(await ask(at), 'of the cache').to.equal('192.0.2.2')
    cluster.put({ kind: 'Namespace', name: 'test', labels: {} })
    expect(await ask(at)).to.equal('192.0.2.3')
  })
})

function contentOf(groups: readonly ServerGroup[]) {
  return { groups, cluster: new ClusterStore(clock) }
}

function groupOf(address: ListenAddress, chain: Next, changes: Partial<RunningBlock> = {}): ServerGroup {
  const zones = new Map(
    [...zonesOf({ '.': chain })].map(([zone, blocks]) => [zone, blocks.map((block) => ({ ...block, ...changes }))]),
  )
  return { addresses: [{ scheme: 'dns', ...address }], zones, changes: new ChangeFeed(), metrics: new Metrics() }
}

/** Answers from the cache, but for the first query; or, being slow, each by itself and a while later. */
function answering(address: string, slow = false): Next {
  const answer = answerOf({ answer: records(`${name} 5 IN A ${address}`) })
  if (!slow) return () => answer
  return async () => {
    await turns()
    return { ...answer, validity: { kind: 'once' } }
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await setImmediate()
}

function addressesOf(server: Server): [ListenAddress, ...ListenAddress[]] {
  const [first, ...others] = server.places.map(({ address: { address, port } }) => ({ address, port }))
  if (first === undefined) throw new Error('it does not listen')
  return [first, ...others]
}

/** The address in the answer to one query. */
async function ask(at: ListenAddress): Promise<string> {
  const asking = await startLoad(at, `${name} A`)
  await until(() => Object.keys(asking.outcomes).length > 0)
  await asking.end()
  return Object.keys(asking.outcomes).join()
}
