import { expect } from 'chai'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { encodeQuery, type TestServer } from '../support/serve.ts'
import { nodata, nxdomain } from '../support/table.ts'
import { a, serve, srv, t, z } from './cluster.ts'
import { rows, type Section } from './rows.ts'

const asks = [`web.${t} A`, `web.${t} AAAA`, `nope.${t} A`, `_http._tcp.web.${t} SRV`, `${z} SOA`]

/** The TTLs of all records of these questions but SOA, and of the SOA records. */
async function ttlsOf(server: TestServer, questions: readonly string[]) {
  const messages = await Promise.all(questions.map((question) => server.exchange(question)))
  const records = messages.flatMap(({ answer, authority, additional }) => [...answer, ...authority, ...additional])
  const ttls = (isSoa: boolean) => records.filter(({ type }) => (type === 'SOA') === isSoa).map(({ ttl }) => ttl)
  return { soa: [...new Set(ttls(true))], others: [...new Set(ttls(false))] }
}

export const section4: Section = {
  section: '4',
  title: 'envelope',
  groups: [
    {
      title: 'flags',
      serve: () => serve(),
      rows: [
        ...asks.flatMap((ask) => [
          {
            at: '4.1',
            title: `RD is copied, RA stays clear: ${ask}`,
            ask,
            options: { message: { rd: true } },
            flags: ['qr', 'aa', 'rd'],
            ...expected(ask),
          },
          {
            at: '4.1',
            title: `CD is copied, AD is not: ${ask}`,
            ask,
            options: { message: { cd: true, ad: true } },
            flags: ['qr', 'aa', 'cd'],
            ...expected(ask),
          },
        ]),
        ...rows('4.3', 'a positive answer has no authority', [`web.${t} A`], { answer: a(`web.${t}`, '10.96.0.10') }),
        ...rows('4.3', 'NODATA has the SOA alone', [`web.${t} AAAA`], nodata),
        ...rows('4.3', 'NXDOMAIN has the SOA alone', [`nope.${t} SRV`], nxdomain),
        { at: '4.5', title: 'an address twice', ask: `twice.${t} A`, answer: a(`twice.${t}`, '10.1.3.1') },
        {
          at: '4.5',
          title: 'slices by name',
          ask: `hl.${t} AAAA`,
          differs: 'the order of addresses from several slices',
          answer: [`hl.${t} 5 IN AAAA fd00::1`, `hl.${t} 5 IN AAAA fd00:0:0:1::`],
        },
      ],
      checks: [
        {
          at: '4.2',
          title: "the client's letter case, in the question and in owners",
          differs: 'letter case of names in records',
          async run(server) {
            for (const ask of ['WeB.TestNS.sVc.Cluster.LOCAL. A', '_HTTP._TCP.web.testns.svc.CLUSTER.local. SRV']) {
              const octets = (await server.send(encodeQuery(ask))) ?? new Uint8Array()
              const [name = ''] = ask.split(' ')
              expect(decodeMessage(octets).question?.spelling).to.equal(name)
              const ownerAt = 12 + name.length + 1 + 4
              expect([...octets.subarray(ownerAt, ownerAt + 2)], 'points to the question').to.deep.equal([0xc0, 12])
            }
          },
        },
        {
          at: '4.4',
          title: 'the class is IN',
          async run(server) {
            for (const ask of asks) {
              const octets = Buffer.from((await server.send(encodeQuery(ask))) ?? [])
              const classAt = 12 + (ask.split(' ')[0] ?? '').length + 1 + 4 + 4
              expect(octets.readUInt16BE(classAt), ask).to.equal(1)
            }
          },
        },
      ],
    },
    ...[0, 5, 60, 3600].map((ttl) => ({
      title: `ttl ${ttl}`,
      serve: () => serve(`ttl ${ttl}`),
      checks: [
        {
          at: '4.4',
          title: `TTLs are ${ttl}, of the SOA ${Math.min(ttl, 300)}`,
          async run(server: TestServer) {
            const questions = [...asks, `ext.${t} A`, `10.0.96.10.in-addr.arpa. PTR`, `${z} NS`, `hl.${t} SRV`]
            expect(await ttlsOf(server, questions)).to.deep.equal({ soa: [Math.min(ttl, 300)], others: [ttl] })
          },
        },
      ],
    })),
  ],
}

function expected(ask: string) {
  if (ask.startsWith('nope')) return nxdomain
  if (ask.endsWith('AAAA')) return nodata
  if (ask.endsWith('SRV')) {
    return { answer: [srv(`_http._tcp.web.${t}`, 100, 80, `web.${t}`)], additional: a(`web.${t}`, '10.96.0.10') }
  }
  return { answer: ask.endsWith('SOA') ? nodata.authority : a(`web.${t}`, '10.96.0.10') }
}
