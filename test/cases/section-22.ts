import { expect } from 'chai'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { encodeQuery, type TestServer } from '../support/serve.ts'
import { a, serve, t, z } from './cluster.ts'
import { type Check, rows, type Section } from './rows.ts'

const web = `web.${t}`
const plain = encodeQuery(`${web} A`)
const withEdns = encodeQuery(`${web} A`, { edns: {} })

interface Rejected {
  readonly rcode: number
  readonly hasQuestion?: boolean
  readonly hasOpt?: boolean
}

/** `octets` is answered with no more than an rcode, over both transports alike. */
const rejects = (title: string, octets: Uint8Array, expected: Rejected, differs?: string): Check => ({
  at: '22.1',
  title,
  ...(differs === undefined ? {} : { differs }),
  async run(server) {
    for (const transport of ['udp', 'tcp'] as const) {
      const message = decodeMessage((await server.send(octets, { transport })) ?? new Uint8Array())
      const { rcode, aa, question, edns, answer, authority } = message
      expect({ rcode, aa, hasQuestion: question !== undefined, hasOpt: edns !== undefined }).to.deep.equal({
        aa: false,
        hasQuestion: false,
        hasOpt: false,
        ...expected,
      })
      expect([...answer, ...authority]).to.deep.equal([])
    }
  },
})

const drops = (title: string, octets: Uint8Array): Check => ({
  at: '22.1',
  title,
  async run(server) {
    expect(await server.send(octets)).to.equal(undefined)
  },
})

const changed = (octets: Uint8Array, ...changes: readonly (readonly [at: number, value: number])[]) =>
  octets.map((octet, index) => changes.find(([at]) => at === index)?.[1] ?? octet)

async function ednsOf(server: TestServer, octets: Uint8Array) {
  const { edns } = decodeMessage((await server.send(octets)) ?? new Uint8Array())
  return edns === undefined
    ? undefined
    : { payloadSize: edns.payloadSize, dnssecOk: edns.dnssecOk, version: edns.version }
}

const FORMERR = 1
const NOTIMP = 4
const REFUSED = 5
const BADVERS = 16

export const section22: Section = {
  section: '22',
  title: 'server core',
  groups: [
    {
      title: 'raw messages',
      serve: () => serve(),
      rows: rows('22.1', 'no zone of ours', ['example.com. A', '. NS', 'local. SOA'], {
        rcode: 'REFUSED',
        flags: ['qr'],
      }),
      checks: [
        drops('fewer than 12 octets', plain.subarray(0, 11)),
        drops('a response', changed(plain, [2, 0x80])),
        rejects('opcode STATUS', changed(plain, [2, 2 << 3]), { rcode: NOTIMP, hasQuestion: true }, 'NOTIMP'),
        rejects(
          'opcode UPDATE, with EDNS',
          changed(withEdns, [2, 5 << 3]),
          { rcode: NOTIMP, hasQuestion: true, hasOpt: true },
          'NOTIMP',
        ),
        rejects('opcode NOTIFY', changed(plain, [2, 4 << 3]), { rcode: NOTIMP, hasQuestion: true }, 'opcode NOTIFY'),
        rejects('two questions', changed(plain, [5, 2]), { rcode: FORMERR }),
        rejects('no question', changed(plain, [5, 0]), { rcode: FORMERR }),
        rejects('two answers', changed(plain, [7, 2]), { rcode: FORMERR }),
        rejects('two authority records', changed(plain, [9, 2]), { rcode: FORMERR }),
        rejects('three additional records', changed(plain, [11, 3]), { rcode: FORMERR }),
        rejects(
          'a question that is not there',
          plain.subarray(0, 12),
          { rcode: FORMERR },
          'a header that counts a question',
        ),
        rejects('a question that is cut off', plain.subarray(0, 20), { rcode: FORMERR }),
        rejects('class CH', changed(plain, [plain.length - 1, 3]), { rcode: REFUSED, hasQuestion: true }),
        rejects('class ANY', changed(plain, [plain.length - 1, 255]), { rcode: REFUSED, hasQuestion: true }),
        rejects('EDNS version 1', encodeQuery(`${web} A`, { edns: { version: 1 } }), {
          rcode: BADVERS,
          hasQuestion: true,
          hasOpt: true,
        }),
        {
          at: '22.1',
          title: 'octets behind a query are passed over',
          async run(server) {
            const message = decodeMessage((await server.send(Buffer.concat([plain, Buffer.from('more')]))) ?? plain)
            expect(message.answer).to.have.lengthOf(1)
          },
        },
        {
          at: '22.3',
          title: 'two OPT records',
          differs: 'two OPT records',
          async run(server) {
            const opt = withEdns.subarray(plain.length)
            const message = decodeMessage(
              (await server.send(changed(Buffer.concat([withEdns, opt]), [11, 2]))) ?? plain,
            )
            expect(message.rcode).to.equal(FORMERR)
          },
        },
        {
          at: '22.4',
          title: 'OPT only to who has one; our size; DO; version 0',
          differs: 'UDP payload size in the response',
          async run(server) {
            expect(await ednsOf(server, plain)).to.equal(undefined)
            for (const payloadSize of [0, 100, 512, 4096, 65_535]) {
              const query = encodeQuery(`${web} A`, { edns: { payloadSize, dnssecOk: true } })
              expect(await ednsOf(server, query)).to.deep.equal({ payloadSize: 1232, dnssecOk: true, version: 0 })
            }
          },
        },
        {
          at: '22.5',
          title: 'at least 512 octets, whatever the client says',
          async run(server) {
            const { tc, answer } = await server.exchange(`ports.${t} A`, { edns: { payloadSize: 0 } })
            expect({ tc, count: answer.length }).to.deep.equal({ tc: false, count: 1 })
          },
        },
        {
          at: '22.2',
          title: 'an rcode that the chain returns has question and OPT',
          async run(server) {
            const { rcode, question, edns } = await server.exchange(`${z} AXFR`, { edns: {} })
            expect({ rcode, question: question?.qname, opt: edns !== undefined }).to.deep.equal({
              rcode: REFUSED,
              question: z,
              opt: true,
            })
          },
        },
        {
          at: '22.6',
          title: 'over TCP the same answer',
          async run(server) {
            const { answer } = await server.ask(`${web} A`, { transport: 'tcp' })
            expect(answer).to.deep.equal(a(web, '10.96.0.10'))
          },
        },
      ],
    },
  ],
}
