import { expect } from 'chai'
import type { Endpoint } from '../../src/cluster/model.ts'
import { maximumMessageOctets } from '../../src/dns/edns.ts'
import type { Message } from '../../src/dns/message.ts'
import { formatRRset } from '../../src/dns/text/record.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import type { Transport } from '../../src/plugin/handler.ts'
import { service, slice } from '../cluster/objects.ts'
import { type AskOptions, encodeQuery, serveManifests, type TestServer } from '../support/serve.ts'
import { openSockets } from './sockets.ts'

const name = 'big.load.svc.cluster.local.'
const counts = [10, 100, 1000, 10_000] as const
type Count = (typeof counts)[number]
const corefile = 'cluster.local {\nkubernetes\nloadbalance\n}\n'

const addressOf = (index: number) => `10.${index >> 16}.${(index >> 8) & 0xff}.${index & 0xff}`
const hostnameOf = (index: number) => `big-${index}`

/** A headless Service of `count` endpoints, in slices of 100 as the controllers make them. */
function serveBig(count: number): TestServer {
  const server = serveManifests('', corefile)
  const endpoints = Array.from(
    { length: count },
    (_, index): Endpoint => ({
      addresses: [addressOf(index)],
      hostname: hostnameOf(index),
      ready: true,
      serving: true,
      terminating: false,
    }),
  )
  server.store.replace(
    ['Namespace', 'Service', 'EndpointSlice'],
    [
      { kind: 'Namespace', name: 'load', labels: {} },
      service('load', 'big', { headless: true }),
      ...Array.from({ length: count / Math.min(count, 100) }, (_, index) =>
        slice('load', `big-${index}`.padEnd(8, 'x'), {
          serviceName: 'big',
          endpoints: endpoints.slice(index * 100, (index + 1) * 100),
          ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
        }),
      ),
    ],
  )
  return server
}

/** What of an answer of so many records comes over: all, or nothing and TC. */
interface Expected {
  readonly type: 'A' | 'SRV'
  readonly title: string
  readonly options: AskOptions
  readonly whole: readonly Count[]
}

const expectations: readonly Expected[] = [
  { type: 'A', title: 'A over TCP', options: { transport: 'tcp' }, whole: [10, 100, 1000] },
  { type: 'A', title: 'A over UDP without EDNS', options: {}, whole: [10] },
  { type: 'A', title: 'A over UDP at 1232 octets', options: { edns: { payloadSize: 1232 } }, whole: [10] },
  {
    type: 'A',
    title: 'A over UDP at 65535 octets, of which 1232 are used',
    options: { edns: { payloadSize: 65_535 } },
    whole: [10],
  },
  { type: 'SRV', title: 'SRV over TCP', options: { transport: 'tcp' }, whole: [10, 100, 1000] },
  { type: 'SRV', title: 'SRV over UDP without EDNS', options: {}, whole: [] },
  { type: 'SRV', title: 'SRV over UDP at 1232 octets', options: { edns: { payloadSize: 1232 } }, whole: [10] },
]

describe('big answers: a headless Service', () => {
  for (const count of counts) {
    describe(`of ${count} endpoints`, () => {
      let server: TestServer
      before(() => {
        server = serveBig(count)
      })

      for (const { type, title, options, whole } of expectations) {
        const isWhole = whole.includes(count)
        it(`${title}: ${isWhole ? 'whole' : 'TC, and no half of an RRset'}`, async () => {
          const { octets, message } = await askOctets(server, type, options)
          expect(octets.length).to.be.at.most(limitOf(options))
          expect({ tc: message.tc, records: rdataOf(message) }).to.deep.equal({
            tc: !isWhole,
            records: isWhole ? sorted(wanted(type, count)) : [],
          })
        })
      }

      it('glue: whole RRsets of endpoints that are in the answer, as many as fit', async () => {
        for (const options of [{ transport: 'tcp' }, { edns: { payloadSize: 1232 } }] as const) {
          const { octets, message } = await askOctets(server, 'SRV', options)
          for (const { owner, rdata } of message.additional) {
            const index = Number(/^big-(\d+)\./.exec(owner)?.[1])
            expect(JSON.stringify(rdata)).to.equal(JSON.stringify([{ address: addressOf(index) }]))
          }
          if (message.tc) continue
          const missing = count - message.additional.length
          const oneMore = 2 + 10 + 4
          if (missing > 0) expect(octets.length + oneMore).to.be.above(limitOf(options) - 11)
        }
      })

      it('one endpoint of it', async () => {
        const { answer } = await server.ask(`${hostnameOf(count - 1)}.${name} A`)
        expect(answer).to.deep.equal([`${hostnameOf(count - 1)}.${name} 5 IN A ${addressOf(count - 1)}`])
      })

      it('NODATA of the other family', async () => {
        expect((await server.ask(`${name} AAAA`)).authority).to.have.lengthOf(1)
      })
    })
  }

  it('each address comes first in turn', async () => {
    const server = serveBig(10)
    const firsts = new Set<string>()
    for (let turn = 0; turn < 10; turn++) {
      const { message } = await askOctets(server, 'A', {})
      const [rrset] = message.answer
      firsts.add(rrset?.type === 'A' ? (rrset.rdata[0]?.address ?? '') : '')
    }
    expect([...firsts].sort()).to.deep.equal(Array.from({ length: 10 }, (_, index) => addressOf(index)).sort())
  })

  it('the order of 1,000 is rotated over TCP, all of it', async () => {
    const server = serveBig(1000)
    const [first, second] = [
      await askOctets(server, 'A', { transport: 'tcp' }),
      await askOctets(server, 'A', { transport: 'tcp' }),
    ]
    const orderOf = ({ answer }: Message) => answer.flatMap(formatRRset)
    const order = orderOf(first.message)
    expect(orderOf(second.message)).to.deep.equal([...order.slice(1), ...order.slice(0, 1)])
  })

  it('a client that takes more gets the whole, after one that took less, and the other way round', async () => {
    for (const sizes of [
      [512, 1232],
      [1232, 512],
    ]) {
      const server = serveBig(10)
      for (const payloadSize of sizes) {
        const { message } = await askOctets(server, 'SRV', { edns: { payloadSize } })
        expect(message.tc, `${sizes.join()}: ${payloadSize}`).to.equal(payloadSize === 512)
      }
    }
  })

  it('over sockets: 64 KiB over TCP, TC over UDP', async () => {
    const sockets = await openSockets(serveBig(1000))
    try {
      const query = encodeQuery(`${name} SRV`)
      const [udp, tcp] = [decodeMessage(await sockets.udp(query)), decodeMessage(await sockets.tcp(query))]
      expect({ udp: [udp.tc, rdataOf(udp).length], tcp: [tcp.tc, rdataOf(tcp).length] }).to.deep.equal({
        udp: [true, 0],
        tcp: [false, 1000],
      })
    } finally {
      await sockets.close()
    }
  })
})

async function askOctets(server: TestServer, type: 'A' | 'SRV', options: AskOptions) {
  const { transport = 'udp' } = options
  const octets = await server.send(encodeQuery(`${name} ${type}`, options), { transport })
  if (octets === undefined) throw new Error('no response to a query')
  return { octets, message: decodeMessage(octets) }
}

function limitOf({ transport, edns }: { transport?: Transport; edns?: AskOptions['edns'] }): number {
  if (transport === 'tcp') return maximumMessageOctets
  return edns === undefined ? 512 : 1232
}

function wanted(type: 'A' | 'SRV', count: number): string[] {
  const weight = Math.max(1, Math.floor(100 / count))
  return Array.from({ length: count }, (_, index) =>
    type === 'A' ? addressOf(index) : `${weight} 8080 ${hostnameOf(index)}.${name}`,
  )
}

function rdataOf({ answer }: Message): string[] {
  const texts = answer.flatMap((rrset) => {
    if (rrset.type === 'A') return rrset.rdata.map(({ address }) => address)
    return rrset.type === 'SRV' ? rrset.rdata.map(({ weight, port, target }) => `${weight} ${port} ${target}`) : []
  })
  return sorted(texts)
}

function sorted(texts: readonly string[]): string[] {
  return [...texts].sort()
}
