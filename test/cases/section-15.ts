import { expect } from 'chai'
import { rcodeName } from '../../src/dns/iana.ts'
import { formatRRset } from '../../src/dns/text/record.ts'
import { records } from '../dns/messages.ts'
import { externalName, headless, service, slice } from '../support/manifests.ts'
import type { TestServer } from '../support/serve.ts'
import { soaOf } from '../support/table.ts'
import { atLocal, blockOf, cname, serveObjects, t, z } from './cluster.ts'
import { rows, type Section } from './rows.ts'

const refusedRow = { rcode: 'REFUSED', flags: ['qr'] }
const some = [
  service('testns/web', { clusterIP: '10.96.0.10', ports: [{ name: 'http', port: 80 }] }),
  headless('testns/hl'),
  slice('testns/hl', {
    endpoints: [
      { addresses: ['10.1.0.1'], hostname: 'a' },
      { addresses: ['10.1.0.2'], hostname: 'b' },
      { addresses: ['10.1.0.3'], hostname: 'c' },
    ],
  }),
  externalName('testns/alias', 'example.com'),
]
const serveTransfer = (...to: string[]) => serveObjects(some, blockOf([], `transfer {\nto ${to.join(' ')}\n}`), atLocal)

/** All records of a transfer, in their order. */
async function transferOf(server: TestServer, question: string, serial?: number): Promise<string[]> {
  const authority = serial === undefined ? [] : records(soaOf(z).replace(' 1 7200', ` ${serial} 7200`))
  const messages = await server.exchangeAll(question, { message: { authority } })
  return messages.flatMap(({ rcode, answer }) => (rcode === 0 ? answer.flatMap(formatRRset) : [rcodeName(rcode)]))
}

export const section15: Section = {
  section: '15',
  title: 'zone transfer',
  groups: [
    {
      title: 'to everybody',
      serve: () => serveTransfer('*'),
      checks: [
        {
          at: '15.1',
          title: 'never over UDP',
          async run(server) {
            expect((await server.exchange(`${z} AXFR`)).rcode).to.equal(5)
          },
        },
        {
          at: '15.2',
          title: 'SOA, NS, glue, Services by name, SOA',
          differs: 'addresses of the name servers',
          async run(server) {
            const lines = await transferOf(server, `${z} AXFR`)
            expect([lines[0], lines.at(-1)]).to.deep.equal([soaOf(z), soaOf(z)])
            expect(lines[1]).to.equal(`${z} 5 IN NS ns.dns.${z}`)
            const owners = lines.slice(3, -1).map((line) => /([a-z]+)\.testns\.svc/.exec(line.split(' ')[0] ?? '')?.[1])
            expect([...new Set(owners)]).to.deep.equal(['alias', 'hl', 'web'])
            expect(owners).to.deep.equal([...owners].sort())
          },
        },
        {
          at: '15.2',
          title: 'every record is what a query is answered with: TTLs and weights too',
          differs: 'SRV weights |',
          async run(server) {
            for (const line of (await transferOf(server, `${z} AXFR`)).slice(1)) {
              const [owner, , , type] = line.split(' ')
              expect((await server.ask(`${owner} ${type}`, { transport: 'tcp' })).answer).to.include(line)
            }
          },
        },
        {
          at: '15.3',
          title: 'a ClusterIP Service: address, SRV at its name and at its port',
          async run(server) {
            const lines = await transferOf(server, `${z} AXFR`)
            expect(lines).to.include.members([
              `web.${t} 5 IN A 10.96.0.10`,
              `web.${t} 5 IN SRV 0 100 80 web.${t}`,
              `_http._tcp.web.${t} 5 IN SRV 0 100 80 web.${t}`,
            ])
          },
        },
        {
          at: '15.4',
          title: 'a headless Service: addresses at its name and those of endpoints, SRV',
          differs: 'SRV at the name of a headless Service',
          async run(server) {
            const lines = await transferOf(server, `${z} AXFR`)
            for (const [index, label] of ['a', 'b', 'c'].entries()) {
              expect(lines).to.include.members([
                `hl.${t} 5 IN A 10.1.0.${index + 1}`,
                `${label}.hl.${t} 5 IN A 10.1.0.${index + 1}`,
                `_http._tcp.hl.${t} 5 IN SRV 0 33 8080 ${label}.hl.${t}`,
              ])
            }
          },
        },
        {
          at: '15.5',
          title: 'an ExternalName; neither the version nor Pods',
          async run(server) {
            const lines = await transferOf(server, `${z} AXFR`)
            expect(lines).to.include(cname(`alias.${t}`, 'example.com.'))
            expect(lines.filter((line) => /^dns-version|\.pod\./.test(line))).to.deep.equal([])
          },
        },
        {
          at: '15.6',
          title: 'IXFR: the SOA alone to who is up to date, all to others',
          async run(server) {
            const whole = await transferOf(server, `${z} AXFR`)
            expect(await transferOf(server, `${z} IXFR`, 1)).to.deep.equal([soaOf(z)])
            expect(await transferOf(server, `${z} IXFR`, 0)).to.deep.equal(whole)
          },
        },
        {
          at: '15.7',
          title: 'no part of a zone',
          differs: 'AXFR of a part of a zone',
          async run(server) {
            for (const name of [`svc.${z}`, t, `web.${t}`, `nope.${z}`]) {
              expect(await transferOf(server, `${name} AXFR`), name).to.have.lengthOf(1)
            }
          },
        },
      ],
    },
    {
      title: 'to another',
      serve: () => serveTransfer('192.0.2.99'),
      rows: rows('15.1', 'refused', [`${z} AXFR`], refusedRow),
    },
    {
      title: 'without the plugin',
      serve: () => serveObjects(some),
      rows: rows('15.1', 'refused', [`${z} AXFR`, `${z} IXFR`], refusedRow),
    },
  ],
}
