import { expect } from 'chai'
import { formatRRset } from '../../src/dns/text/record.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { records } from '../dns/messages.ts'
import { clusterIp, externalName, headless, manifests, slice } from '../support/manifests.ts'
import { encodeQuery, serveManifests, type TestServer } from '../support/serve.ts'
import { nodata, nxdomain, soaOf } from '../support/table.ts'
import { a, aaaa, atLocal, blockOf, cname, passedOn, ptr, serve, serveObjects, srv, t, v4, z } from './cluster.ts'
import { type Row, rows as rowsAt } from './rows.ts'
import { checkRow } from './run.ts'

/** One of the forty queries of List 2 of the specification page: rows that a server answers, or what rows cannot say. */
interface Query {
  readonly n: number
  readonly title: string
  serve(): TestServer
  readonly rows?: readonly Row[]
  run?(server: TestServer): Promise<void>
}

const rows = (title: string, asks: readonly string[], expected: Omit<Row, 'at' | 'title' | 'ask'>) =>
  rowsAt('', title, asks, expected)
const row = (ask: string, expected: Omit<Row, 'at' | 'title' | 'ask'>): Row => ({
  at: '',
  title: ask,
  ask,
  ...expected,
})

const kubeDns = `kube-dns.kube-system.svc.${z}`
const fronted = [
  clusterIp('kube-system/kube-dns', '10.96.0.2', 'fd00::53'),
  slice('kube-system/kube-dns', { endpoints: [{ addresses: ['10.1.0.53'] }] }),
]
const sixty = [
  headless('testns/big'),
  slice('testns/big', {
    endpoints: Array.from({ length: 60 }, (_, index) => ({ addresses: [`10.1.0.${index + 1}`] })),
  }),
]

/** SOA, NS, glue, Services by name, SOA. */
const transferred: readonly string[] = [
  soaOf(z),
  `${z} 5 IN NS ns.dns.${z}`,
  ...a(`ns.dns.${z}`, '10.1.0.53'),
  ...a(`hl.${t}`, '10.1.0.1', '10.1.0.2', '10.1.0.3'),
  ...['a', 'b', 'c'].map((label) => srv(`hl.${t}`, 33, 8080, `${label}.hl.${t}`)),
  ...['a', 'b', 'c'].map((label) => srv(`_http._tcp.hl.${t}`, 33, 8080, `${label}.hl.${t}`)),
  ...['a', 'b', 'c'].flatMap((label, index) => a(`${label}.hl.${t}`, `10.1.0.${index + 1}`)),
  ...a(`web.${t}`, '10.96.0.10'),
  srv(`web.${t}`, 100, 80, `web.${t}`),
  srv(`_http._tcp.web.${t}`, 100, 80, `web.${t}`),
  soaOf(z),
]

const webSrv = (owner: string) =>
  row(`${owner} SRV`, { answer: [srv(owner, 100, 80, `web.${t}`)], additional: a(`web.${t}`, '10.96.0.10') })

/** An upstream that knows `ext.example.com`: another zone of this server, for there is no plugin `forward` yet. */
const withUpstream = () =>
  serveManifests(
    manifests(
      externalName('testns/ext', 'web.up.svc.example.com'),
      externalName('testns/extnx', 'nx.up.svc.example.com'),
      clusterIp('up/web', '192.0.2.53'),
    ),
    `${z} {\nkubernetes {\nnamespaces testns\n}\n}\nexample.com {\nkubernetes {\nttl 60\n}\n}\n`,
  )

const queries: readonly Query[] = [
  {
    n: 1,
    title: 'SRV of a Service, in mixed case (differs: letter case of names in records)',
    serve: () => serve(),
    rows: [
      row('WeB.TestNS.sVc.Cluster.LOCAL. SRV', {
        answer: [srv(`web.${t}`, 100, 80, `web.${t}`)],
        additional: a(`web.${t}`, '10.96.0.10'),
      }),
    ],
  },
  { n: 2, title: 'the other family', serve: () => serve(), rows: [row(`web.${t} AAAA`, nodata)] },
  {
    n: 3,
    title: 'types without records',
    serve: () => serve(),
    rows: rows('', [`web.${t} ANY`, `web.${t} HTTPS`, `web.${t} TYPE65280`], nodata),
  },
  {
    n: 4,
    title: 'no Service, no namespace',
    serve: () => serve(),
    rows: rows('', [`nope.${t} A`, `web.nons.svc.${z} A`], nxdomain),
  },
  {
    n: 5,
    title: 'A of a port',
    serve: () => serve(),
    rows: [row(`_http._tcp.web.${t} A`, { answer: a(`_http._tcp.web.${t}`, '10.96.0.10') })],
  },
  {
    n: 6,
    title: 'no such port, no wildcard',
    serve: () => serve(),
    rows: rows('', [`_http._udp.web.${t} SRV`, `_any._tcp.web.${t} SRV`, `*.${t} A`], nxdomain),
  },
  {
    n: 7,
    title: 'ports without underscores, any port',
    serve: () => serve(),
    rows: [webSrv(`http.tcp.web.${t}`), webSrv(`_._.web.${t}`)],
  },
  {
    n: 8,
    title: 'a port without a name',
    serve: () => serve(),
    rows: [
      row(`unnamed.${t} SRV`, {
        answer: [srv(`unnamed.${t}`, 100, 8080, `unnamed.${t}`)],
        additional: a(`unnamed.${t}`, '10.96.0.11'),
      }),
    ],
  },
  {
    n: 9,
    title: 'dual stack',
    serve: () => serve(),
    rows: [
      row(`_http._tcp.dual.${t} SRV`, {
        answer: [srv(`_http._tcp.dual.${t}`, 50, 80, `dual.${t}`)],
        additional: [...a(`dual.${t}`, '10.96.0.13'), ...aaaa(`dual.${t}`, 'fd00::13')],
      }),
    ],
  },
  {
    n: 10,
    title: 'several ports',
    serve: () => serve(),
    rows: [
      row(`multi.${t} SRV`, {
        answer: [80, 53].map((port) => srv(`multi.${t}`, 33, port, `multi.${t}`)),
        additional: a(`multi.${t}`, '10.96.0.14'),
      }),
    ],
  },
  {
    n: 11,
    title: 'a namespace, no namespace',
    serve: () => serve(),
    rows: [row(`emptyns.svc.${z} A`, nodata), row(`nons.svc.${z} A`, nxdomain)],
  },
  {
    n: 12,
    title: 'svc, and TXT above names (differs: TXT at `Z`: NODATA, not NXDOMAIN)',
    serve: () => serve(),
    rows: rows('', [`svc.${z} A`, `svc.${z} TXT`, `${z} TXT`], nodata),
  },
  {
    n: 13,
    title: 'SOA and A of nothing (differs: SOA at a name that does not exist: NXDOMAIN, not NODATA)',
    serve: () => serve(),
    rows: rows('', [`foo.${z} SOA`, `foo.${z} A`], nxdomain),
  },
  {
    n: 14,
    title: 'dns-version at ttl 0 (differs: any type but TXT: NODATA, not NXDOMAIN)',
    serve: () => serve('ttl 0'),
    rows: [
      row(`dns-version.${z} TXT`, { answer: [`dns-version.${z} 28800 IN TXT "1.1.0"`] }),
      row(`dns-version.${z} A`, { authority: [soaOf(z, 0)] }),
    ],
  },
  {
    n: 15,
    title: 'the SOA at ttl 3600',
    serve: () => serve('ttl 3600'),
    rows: [row(`nope.${t} A`, { rcode: 'NXDOMAIN', authority: [soaOf(z, 3600)] })],
  },
  {
    n: 16,
    title: 'NS where no Service fronts the server',
    serve: () => serve(),
    rows: [row(`${z} NS`, { answer: [`${z} 5 IN NS ns.dns.${z}`], additional: a(`ns.dns.${z}`, '10.1.0.53') })],
  },
  {
    n: 17,
    title: 'NS where one does',
    serve: () => serveObjects(fronted),
    rows: [
      row(`${z} NS`, {
        answer: [`${z} 5 IN NS ${kubeDns}`],
        additional: [...a(kubeDns, '10.96.0.2'), ...aaaa(kubeDns, 'fd00::53')],
      }),
      row(`ns.dns.${z} A`, { answer: a(`ns.dns.${z}`, '10.96.0.2') }),
    ],
  },
  {
    n: 18,
    title: 'in capitals (differs: NS at `CLUSTER.local`: the same as in lower case)',
    serve: () => serveObjects(fronted),
    rows: [
      row('CLUSTER.local. NS', {
        answer: [`${z} 5 IN NS ${kubeDns}`],
        additional: [...a(kubeDns, '10.96.0.2'), ...aaaa(kubeDns, 'fd00::53')],
      }),
      row('ns.dns.Cluster.local. A', { answer: a(`ns.dns.${z}`, '10.96.0.2') }),
    ],
  },
  {
    n: 19,
    title: 'ready, serving, terminating',
    serve: () => serve(),
    rows: [row(`hl.${t} A`, { answer: a(`hl.${t}`, '10.1.0.1', '10.1.0.2', '10.1.0.4', '10.1.0.6') })],
  },
  {
    n: 20,
    title: 'endpoint names',
    serve: () => serve(),
    rows: [
      row(`10-1-0-1.hl.${t} A`, nxdomain),
      ...['pet-0', 'PET-0'].map((label) => row(`${label}.hl.${t} A`, { answer: a(`pet-0.hl.${t}`, '10.1.0.1') })),
    ],
  },
  {
    n: 21,
    title: 'SRV of an endpoint of both families',
    serve: () => serve(),
    rows: [
      row(`pet-0.hl.${t} SRV`, {
        answer: [srv(`pet-0.hl.${t}`, 50, 8080, `pet-0.hl.${t}`)],
        additional: [...a(`pet-0.hl.${t}`, '10.1.0.1'), ...aaaa(`pet-0.hl.${t}`, 'fd00::1')],
      }),
    ],
  },
  {
    n: 22,
    title: 'nothing ready',
    serve: () => serve(),
    rows: rows(
      '',
      ['A', 'AAAA', 'SRV', 'TXT'].flatMap((type) => [`unready.${t} ${type}`, `sliceless.${t} ${type}`]),
      nxdomain,
    ),
  },
  { n: 23, title: 'nothing of the family', serve: () => serve(), rows: [row(`four.${t} AAAA`, nodata)] },
  {
    n: 24,
    title: 'a slice without ports',
    serve: () => serve(),
    rows: [row(`portless.${t} A`, { answer: a(`portless.${t}`, '10.1.2.1') }), row(`portless.${t} SRV`, nodata)],
  },
  {
    n: 25,
    title: 'an address twice',
    serve: () => serve(),
    rows: [
      row(`twice.${t} A`, { answer: a(`twice.${t}`, '10.1.3.1') }),
      row(`twice.${t} SRV`, {
        answer: [srv(`twice.${t}`, 50, 8080, `a.twice.${t}`)],
        additional: a(`a.twice.${t}`, '10.1.3.1'),
      }),
    ],
  },
  {
    n: 26,
    title: 'an IPv6 label that would end in a dash',
    serve: () => serve(),
    rows: [
      row(`fd00-0-0-1--0.hl.${t} AAAA`, { answer: aaaa(`fd00-0-0-1--0.hl.${t}`, 'fd00:0:0:1::') }),
      row(`fd00-0-0-1--.hl.${t} AAAA`, nxdomain),
    ],
  },
  {
    n: 27,
    title: 'endpoint_pod_names',
    serve: () => serve('endpoint_pod_names'),
    rows: [
      row(`hl-1.hl.${t} A`, { answer: a(`hl-1.hl.${t}`, '10.1.0.2') }),
      row(`10-1-0-2.hl.${t} A`, nxdomain),
      row(`10-1-0-4.hl.${t} A`, { answer: a(`10-1-0-4.hl.${t}`, '10.1.0.4') }),
    ],
  },
  {
    n: 28,
    title: 'an endpoint below a cluster IP',
    serve: () => serve(),
    rows: [
      row(`weba.web.${t} SRV`, {
        answer: [srv(`weba.web.${t}`, 100, 8080, `weba.web.${t}`)],
        additional: a(`weba.web.${t}`, '10.1.9.1'),
      }),
    ],
  },
  {
    n: 29,
    title: 'ignore empty_service',
    serve: () => serve('ignore empty_service'),
    rows: [
      row(`multi.${t} A`, nxdomain),
      row(`14.0.96.10.${v4} PTR`, { answer: ptr(`14.0.96.10.${v4}`, `multi.${t}`) }),
    ],
  },
  {
    n: 30,
    title: 'an ExternalName with an upstream that knows it',
    serve: withUpstream,
    rows: [
      row(`ext.${t} A`, {
        answer: [cname(`ext.${t}`, 'web.up.svc.example.com.'), 'web.up.svc.example.com. 60 IN A 192.0.2.53'],
      }),
      row(`ext.${t} CNAME`, { answer: [cname(`ext.${t}`, 'web.up.svc.example.com.')] }),
      row(`ext.${t} SRV`, nodata),
      row(`_http._tcp.ext.${t} A`, nxdomain),
    ],
  },
  {
    n: 31,
    title: 'an ExternalName with an upstream that does not',
    serve: withUpstream,
    rows: [row(`extnx.${t} A`, { answer: [cname(`extnx.${t}`, 'nx.up.svc.example.com.')] })],
  },
  {
    n: 32,
    title: 'an ExternalName that leads nowhere in the zone',
    serve: () => serve(),
    rows: [
      ...rows('', [`astray.${t} A`, `self.${t} A`], nodata),
      row(`astray.${t} CNAME`, { answer: [cname(`astray.${t}`, `nope.${t}`)] }),
      row(`self.${t} CNAME`, { answer: [cname(`self.${t}`, `self.${t}`)] }),
    ],
  },
  {
    n: 33,
    title: 'an ExternalName that is an address',
    serve() {
      const server = serve()
      const ext = server.store.service('testns', 'ext')
      if (ext === undefined) throw new Error('ext is a Service')
      server.store.put({ ...ext, externalName: '192.0.2.1' })
      return server
    },
    rows: [row(`ext.${t} A`, nxdomain)],
  },
  {
    n: 34,
    title: 'pods insecure',
    serve: () => serve('pods insecure'),
    rows: [
      row(`1-2-3-4.testns.pod.${z} A`, { answer: a(`1-2-3-4.testns.pod.${z}`, '1.2.3.4') }),
      row(`1-2-3-4.testns.pod.${z} AAAA`, nodata),
      row(`1-2-3-4.nons.pod.${z} A`, nxdomain),
      row(`999-2-3-4.testns.pod.${z} A`, nxdomain),
      row(`x.1-2-3-4.testns.pod.${z} A`, { answer: a(`x.1-2-3-4.testns.pod.${z}`, '1.2.3.4') }),
    ],
  },
  {
    n: 35,
    title: 'pods verified (differs: every spelling of an address is found)',
    serve: () => serve('pods verified'),
    rows: ['fd00-2--2', 'fd00-2-0-0-0-0-0-2'].map((label) =>
      row(`${label}.podns.pod.${z} AAAA`, { answer: aaaa(`${label}.podns.pod.${z}`, 'fd00:2::2') }),
    ),
  },
  {
    n: 36,
    title: 'reverse names and fallthrough (differs: A of a name with a PTR is NODATA, not passed on)',
    serve: () => serve(`fallthrough ${v4}`),
    rows: [
      row(`99.0.0.10.${v4} PTR`, { answer: ptr(`99.0.0.10.${v4}`, `10-0-0-99.left.${t}`, `10-0-0-99.right.${t}`) }),
      row(`9.9.9.10.${v4} PTR`, passedOn(`9.9.9.10.${v4}`)),
      row(`99.0.0.10.${v4} A`, { authority: [soaOf(v4)] }),
    ],
  },
  {
    n: 37,
    title: 'not yet synchronised',
    serve: serveNothing,
    rows: [
      row(`web.${t} A`, { rcode: 'SERVFAIL', authority: [soaOf(z).replace(' 1 7200', ' 0 7200')] }),
      row(`${z} A`, { authority: [soaOf(z).replace(' 1 7200', ' 0 7200')] }),
      row(`dns-version.${z} TXT`, { answer: [`dns-version.${z} 28800 IN TXT "1.1.0"`] }),
    ],
  },
  {
    n: 38,
    title: 'sixty endpoints over UDP (differs: whole RRsets, at most 1232 octets)',
    serve: () => serveObjects(sixty),
    async run(server) {
      const counts = async (ask: string, payloadSize?: number) => {
        const { flags, answer } = await server.ask(ask, payloadSize === undefined ? {} : { edns: { payloadSize } })
        return { tc: flags.includes('tc'), records: answer.length }
      }
      expect(await counts(`big.${t} A`)).to.deep.equal({ tc: true, records: 0 })
      expect(await counts(`big.${t} A`, 1232)).to.deep.equal({ tc: false, records: 60 })
      expect(await counts(`big.${t} SRV`, 4096)).to.deep.equal({ tc: true, records: 0 })
      const octets = await server.send(encodeQuery(`big.${t} A`, { edns: { payloadSize: 1232 } }))
      expect(octets).to.have.lengthOf(1017)
    },
  },
  {
    n: 39,
    title: 'raw messages (differs: NOTIMP with the question, 521 octets answered, OPT of 1232 with BADVERS)',
    serve: () => serve(),
    async run(server) {
      const query = encodeQuery(`web.${t} A`)
      const rcodeOf = async (octets: Uint8Array) => {
        const { rcode, aa, edns } = decodeMessage((await server.send(octets)) ?? new Uint8Array())
        return { rcode, aa, ...(edns === undefined ? {} : { size: edns.payloadSize }) }
      }
      const changed = (at: number, value: number) => query.map((octet, index) => (index === at ? value : octet))
      expect(await rcodeOf(changed(2, 5 << 3)), 'opcode 5').to.deep.equal({ rcode: 4, aa: false })
      expect(await rcodeOf(changed(5, 2)), 'two questions').to.deep.equal({ rcode: 1, aa: false })
      expect(await server.send(changed(5, 2)), 'FORMERR').to.have.lengthOf(12)
      expect(await rcodeOf(changed(query.length - 1, 3)), 'class CH').to.deep.equal({ rcode: 5, aa: false })
      const version1 = encodeQuery(`web.${t} A`, { edns: { version: 1 } })
      expect(await rcodeOf(version1), 'EDNS version 1').to.deep.equal({ rcode: 16, aa: false, size: 1232 })
      expect(await rcodeOf(padded(521)), '521 octets').to.deep.equal({ rcode: 0, aa: true, size: 1232 })
      expect(await rcodeOf(encodeQuery('example.com. A')), 'no zone of ours').to.deep.equal({ rcode: 5, aa: false })
    },
  },
  {
    n: 40,
    title: 'transfer (differs: every record is what a query is answered with, TTL and weight too)',
    serve: () =>
      serveObjects(
        [
          clusterIp('testns/web', '10.96.0.10'),
          headless('testns/hl'),
          slice('testns/hl', {
            endpoints: [
              { addresses: ['10.1.0.1'], hostname: 'a' },
              { addresses: ['10.1.0.2'], hostname: 'b' },
              { addresses: ['10.1.0.3'], hostname: 'c' },
            ],
          }),
        ],
        blockOf([], 'transfer {\nto *\n}'),
        atLocal,
      ),
    async run(server) {
      const messages = await server.exchangeAll(`${z} AXFR`)
      expect(messages.flatMap(({ answer }) => answer.flatMap(formatRRset))).to.deep.equal(transferred)
      const ofSerial1 = { authority: records(soaOf(z)) }
      const [upToDate] = await server.exchangeAll(`${z} IXFR`, { message: ofSerial1 })
      expect(upToDate?.answer.flatMap(formatRRset)).to.deep.equal([soaOf(z)])
      expect((await server.exchange(`${z} AXFR`)).rcode, 'over UDP').to.equal(5)
    },
  },
]

/** A query with EDNS whose padding (RFC 7830) makes it that long. */
function padded(length: number): Uint8Array {
  const query = Buffer.from(encodeQuery(`web.${t} A`, { edns: {} }))
  const padding = Buffer.alloc(length - query.length)
  padding.writeUInt16BE(12, 0)
  padding.writeUInt16BE(padding.length - 4, 2)
  query.writeUInt16BE(padding.length, query.length - 2)
  return Buffer.concat([query, padding])
}

/** A server whose source has not given it anything yet. */
function serveNothing(): TestServer {
  const server = serveManifests('', blockOf(), atLocal)
  server.store.expectSync()
  return server
}

async function check({ serve: start, rows: all = [], run }: Query): Promise<void> {
  const server = start()
  for (const each of all) await checkRow(server, each)
  await run?.(server)
}

describe('the forty queries that tell servers apart', () => {
  it('are all here, in their order', () => {
    expect(queries.map(({ n }) => n)).to.deep.equal(Array.from({ length: 40 }, (_, index) => index + 1))
  })

  for (const query of queries) {
    it(`${query.n}: ${query.title}`, () => check(query))
  }
})
