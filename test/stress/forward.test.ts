import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { expect } from 'chai'
import { ClusterStore } from '../../src/cluster/store.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { rcodeName } from '../../src/dns/iana.ts'
import { pluginOrder } from '../../src/plugins/order.ts'
import { buildGroups } from '../../src/server/build.ts'
import type { AnswerNote } from '../../src/server/observe.ts'
import { createResponder } from '../../src/server/responder.ts'
import { servicesOf } from '../../src/server/server.ts'
import type { Zones } from '../../src/server/zones.ts'
import { AnswerCache } from '../../src/transport/answer-cache.ts'
import { messagesOf } from '../../src/transport/listener.ts'
import { systemClock } from '../../src/util/clock.ts'
import { silentLogger } from '../../src/util/log.ts'
import { memoryIo } from '../corefile/memory-io.ts'
import { encodeQuery } from '../support/serve.ts'

/** Takes some 40 s; FORWARD_QUERIES=100000 is for who works on it. */
const queries = Number(process.env.FORWARD_QUERIES ?? 1_000_000)

/** At any time. */
const underWay = 200

/** How often each is asked for, out of a thousand, and what comes of it over UDP and over TCP. */
const faults = [
  { label: 'delay', count: 5, udp: 'NOERROR', tcp: 'NOERROR' },
  { label: 'id', count: 5, udp: 'NOERROR', tcp: 'NOERROR' },
  { label: 'question', count: 5, udp: 'FORMERR', tcp: 'FORMERR' },
  { label: 'truncated', count: 5, udp: 'NOERROR', tcp: 'NOERROR' },
  { label: 'cut', count: 5, udp: 'NOERROR', tcp: 'SERVFAIL' },
  { label: 'end', count: 5, udp: 'NOERROR', tcp: 'NOERROR' },
  { label: 'silent', count: 1, udp: 'SERVFAIL', tcp: 'SERVFAIL' },
] as const
const labels = faults.flatMap(({ label, count }) => Array.from({ length: count }, () => label))

/** One of four goes over TCP. */
const kinds = Array.from({ length: 1000 }, (_, index) => {
  const label = labels[index]
  const transport = index % 4 === 0 ? ('tcp' as const) : ('udp' as const)
  const expected = faults.find((fault) => fault.label === label)?.[transport] ?? 'NOERROR'
  return { octets: encodeQuery(`${label ?? 'www'}.example. A`), transport, expected, label: label ?? 'www' }
})

describe(`forward: ${queries} queries`, () => {
  it('are answered as they should be, and leave no socket and no timer behind', async function () {
    this.timeout(20 * 60_000)
    const upstream = new Worker(new URL('forward-upstream.ts', import.meta.url))
    const [port] = (await once(upstream, 'message')) as [number]
    await forwardAll(port, kinds.length) // what Node.js itself opens but once
    const before = await settled()
    const { outcomes, mostOpen } = await forwardAll(port, queries)
    expect([...outcomes.keys()].filter((outcome) => outcome.includes('not'))).to.deep.equal([])
    expect([...outcomes.values()].reduce((sum, count) => sum + count, 0)).to.equal(queries)
    // Idle ones are in turn for the next query: there are never more than were needed at one time, of either kind.
    expect(mostOpen - before.descriptors).to.be.within(1, 4 * underWay)
    expect(await settled()).to.deep.equal(before)
    await upstream.terminate()
  })
})

interface Forwarded {
  /** How often each kind of query came to which end. */
  readonly outcomes: ReadonlyMap<string, number>
  /** Descriptors. */
  readonly mostOpen: number
}

/** Has so many queries forwarded by a server that is stopped after that. */
async function forwardAll(port: number, total: number): Promise<Forwarded> {
  const server = forwarding(`forward . 127.0.0.1:${port} {\nread_timeout 500ms\nmax_fails 0\n}`)
  const outcomes = new Map<string, number>()
  let next = 0
  let mostOpen = 0
  const askOn = async () => {
    while (next < total) {
      const kind = kinds[next++ % kinds.length]
      if (kind === undefined) return
      if (next % 1000 === 0) mostOpen = Math.max(mostOpen, open().descriptors)
      const rcode = await server.ask(kind.octets, kind.transport)
      const outcome = `${kind.label} ${kind.transport}: ${rcode}${rcode === kind.expected ? '' : `, not ${kind.expected}`}`
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: underWay }, askOn))
  await server.stop()
  return { outcomes, mostOpen }
}

interface Open {
  /** Of this process, in which the upstream is a thread: a TCP connection has two. */
  readonly descriptors: number
  readonly resources: Readonly<Record<string, number>>
}

function open(): Open {
  const counts = Map.groupBy(process.getActiveResourcesInfo(), (kind) => kind)
  const resources = Object.fromEntries([...counts].map(([kind, { length }]) => [kind, length]).toSorted())
  return { descriptors: readdirSync('/proc/self/fd').length, resources }
}

/** Once nothing changes any more: the other end of what was closed goes when the thread comes to it. */
async function settled(): Promise<Open> {
  for (let last = JSON.stringify(open()); ; ) {
    await setTimeout(500)
    const now = JSON.stringify(open())
    if (now === last) return open()
    last = now
  }
}

/** A server block with these directives, without listening sockets, on the timer of the system. */
function forwarding(directives: string) {
  const directiveNames = pluginOrder.map(({ name }) => name)
  const corefile = parseCorefile(`. {\n${directives}\n}\n`, 'Corefile', memoryIo({}), { directiveNames })
  const log = silentLogger
  const groups = buildGroups(corefile, { cluster: new ClusterStore(systemClock), log, clock: systemClock, listen: [] })
  const zones: Zones = groups[0]?.zones ?? new Map()
  const common = {
    zones,
    cache: new AnswerCache<AnswerNote>({ maxEntries: 10, maxOctets: 10_000 }),
    log,
    localAddress: '127.0.0.1',
  }
  const responders = {
    udp: createResponder({ ...common, transport: 'udp' }),
    tcp: createResponder({ ...common, transport: 'tcp' }),
  }
  const peer = { address: '192.0.2.1', port: 40_000 }
  return {
    async ask(octets: Uint8Array, transport: 'udp' | 'tcp'): Promise<string> {
      const [response] = messagesOf(await responders[transport](octets, peer))
      return response === undefined ? 'nothing' : rcodeName((response[3] ?? 0) & 0x0f)
    },
    async stop() {
      for (const service of servicesOf(groups)) await service.stop()
    },
  }
}
