import { expect } from 'chai'
import fc from 'fast-check'
import { type ClusterObject, type Kind, keyOf, kinds, type ObjectKey } from '../../src/cluster/model.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { encodeQuery, type TestServer } from '../support/serve.ts'
import { cluster, identityOf, object, options } from './clusters.ts'
import { corefileOf, serveCluster } from './server.ts'

/** What is asked: names that objects of clusters.ts give, names above them, and names that they never give. */
const names = [
  'cluster.local.',
  'ns.dns.cluster.local.',
  ...['web', 'db', 'x', 'svc'].flatMap((name) => [`${name}.a.svc.cluster.local.`, `${name}.b.svc.cluster.local.`]),
  ...['_tcp', '_http._tcp', '_._udp', 'h', 'pet-0', '10-0-0-1', 'node\\.a', 'eu-1.pin._zone'].map(
    (labels) => `${labels}.db.a.svc.cluster.local.`,
  ),
  'web.a.svc.other.test.',
  'a.svc.cluster.local.',
  'a.pod.cluster.local.',
  '10-0-0-1.a.pod.cluster.local.',
  'fd00--1.b.pod.cluster.local.',
  '1.0.0.10.in-addr.arpa.',
  '9.0.96.10.in-addr.arpa.',
  '0.10.in-addr.arpa.',
  'd.f.ip6.arpa.',
  `1.${'0.'.repeat(29)}d.f.ip6.arpa.`,
  'nope.cluster.local.',
]
const questions = names.flatMap((name) =>
  ['A', 'AAAA', 'SRV', 'PTR', 'CNAME', 'NS', 'SOA', 'TXT'].map((type) => `${name} ${type}`),
)

/** The state that commands are chosen by: none, for every one may come at any time. */
type Model = object
type Command = fc.AsyncCommand<Model, TestServer>

const command = (name: string, run: (server: TestServer) => Promise<void> | void): Command => ({
  check: () => true,
  run: async (_, server) => run(server),
  toString: () => name,
})

/** What hangs on more than one object, and so is seldom asked on both sides of the change that matters. */
const watched = ['cluster.local. NS', 'ns.dns.cluster.local. A', '0.10.in-addr.arpa. PTR']

const change = (name: string, run: (store: TestServer['store']) => void): Command =>
  command(name, async (server) => {
    for (const question of watched) await server.exchange(question)
    run(server.store)
    for (const question of watched) await ask(question).run({}, server)
  })

const put = (each: ClusterObject) => change(`put ${JSON.stringify(each)}`, (store) => store.put(each))
const remove = ({ kind, ...rest }: ObjectKey) => {
  const namespace = 'namespace' in rest && rest.namespace !== undefined ? { namespace: rest.namespace } : {}
  const key: ObjectKey = { kind, name: rest.name, ...namespace }
  return change(`remove ${kind} ${keyOf(key)}`, (store) => store.remove(key))
}
const replace = (some: readonly Kind[], objects: readonly ClusterObject[]) => {
  const ofKinds = objects.filter(({ kind }) => some.includes(kind))
  return change(`replace ${some.join()} ${JSON.stringify(ofKinds)}`, (store) => store.replace(some, ofKinds))
}
const wait = (seconds: number) =>
  command(`wait ${seconds}`, ({ clock }) => {
    clock.nowMs += seconds * 1000
  })

const ask = (question: string) =>
  command(`ask ${question}`, async (server) => {
    for (const transport of ['udp', 'tcp'] as const) {
      const query = encodeQuery(question, transport === 'udp' ? { edns: {} } : {})
      const cached = await server.send(query, { transport })
      const fresh = await server.sendFresh(query, { transport })
      expect(comparable(cached), `${question} over ${transport}`).to.deep.equal(comparable(fresh))
    }
  })

/**
 * The octets of a response, and its records apart from their order.
 *
 * Addresses may be rotated, and then so are octets: with them in order the two are equal.
 */
function comparable(octets: Uint8Array | undefined): object {
  if (octets === undefined) throw new Error('no response to a query')
  const { answer, ...rest } = decodeMessage(octets)
  const isRotated = answer.some(({ type, rdata }) => (type === 'A' || type === 'AAAA') && rdata.length > 1)
  const sorted = answer.map((rrset) => ({ ...rrset, rdata: rrset.rdata.map((one) => JSON.stringify(one)).sort() }))
  return { ...rest, answer: sorted, octets: isRotated ? octets.length : Buffer.from(octets).toString('hex') }
}

const asks = fc.constantFrom(...questions).map(ask)
const changes = fc.oneof(
  { weight: 5, arbitrary: object.map(put) },
  { weight: 3, arbitrary: object.map(remove) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.subarray([...kinds], { minLength: 1 }), fc.uniqueArray(object, { selector: identityOf, maxLength: 6 }))
      .map(([some, objects]) => replace(some, objects)),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }).map(wait) },
)

describe('laws: freshness', function () {
  this.timeout(30_000)

  it('a cached answer equals an uncached one after any changes, octet for octet but for its rotation', async () => {
    const commands = fc.commands([asks, asks, changes], { maxCommands: 60, size: 'max' })
    await fc.assert(
      fc.asyncProperty(
        cluster,
        options,
        fc.constantFrom('', 'loadbalance'),
        commands,
        async (objects, lines, more, run) => {
          const server = serveCluster(objects, corefileOf(lines, more))
          await fc.asyncModelRun(() => ({ model: {}, real: server }), run)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('after one change every question has the answer that a new server gives', async () => {
    await fc.assert(
      fc.asyncProperty(cluster, options, object, fc.boolean(), async (objects, lines, changed, isPut) => {
        const server = serveCluster(objects, corefileOf(lines))
        for (const question of questions) await server.exchange(question)
        if (isPut) server.store.put(changed)
        else server.store.remove(changed)
        for (const question of questions) await ask(question).run({}, server)
      }),
      { numRuns: 15 },
    )
  })
})
