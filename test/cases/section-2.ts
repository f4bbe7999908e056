import { expect } from 'chai'
import { encodeQuery, serveManifests } from '../support/serve.ts'
import { nodata, nxdomain, soaOf } from '../support/table.ts'
import { a, cluster, passedOn, serve, serveObjects, t, v4, z } from './cluster.ts'
import { rows, type Section } from './rows.ts'

const below = `sub.${z}`

export const section2: Section = {
  section: '2',
  title: 'zone match and request flow',
  groups: [
    {
      title: 'several server blocks',
      serve: () =>
        serveManifests(
          cluster,
          `${z} {\nkubernetes\n}\n${below} {\nwhoami\n}\nother.test {\nkubernetes else.test\n}\n. {\nwhoami\n}\n`,
        ),
      rows: [
        { at: '2.1', title: 'the block of the longest zone', ask: `web.${t} A`, answer: a(`web.${t}`, '10.96.0.10') },
        { at: '2.1', title: 'a zone below', ask: `web.${below} A`, ...passedOn(`web.${below}`) },
        { at: '2.1', title: 'the root block, for what is left', ask: 'example.com. A', ...passedOn('example.com.') },
        {
          at: '2.1',
          title: 'no zone of the plugin, no next plugin: SERVFAIL',
          ask: 'web.other.test. A',
          rcode: 'SERVFAIL',
          flags: ['qr'],
        },
      ],
    },
    {
      title: 'several zones of one plugin',
      serve: () => serveManifests(cluster, `${z} {\nkubernetes ${z} testns.svc.${z}\n}\n`),
      rows: [
        { at: '2.1', title: 'the longest zone counts', ask: `web.${t} A`, rcode: 'NXDOMAIN', authority: [soaOf(t)] },
        { at: '2.1', title: 'in any letter case', ask: `dns-version.${t} TXT`, answer: [version(t)] },
      ],
    },
    {
      title: 'without fallthrough',
      serve: () => serve(),
      rows: [
        ...rows('2.4', 'a name error is NXDOMAIN', [`nope.${t} A`, `nope.${z} AAAA`, `nope.${t} SRV`], nxdomain),
        ...rows('2.5', 'nothing of the type is NODATA', [`web.${t} AAAA`, `web.${t} MX`, `${z} A`], nodata),
        { at: '2.4', title: 'SOA at no name', ask: `nope.${t} SOA`, differs: 'SOA at a name', ...nxdomain },
      ],
      checks: [
        {
          at: '2.2',
          title: 'the owner of the SOA is the zone as the client spells it',
          async run(server) {
            const ask = 'nope.TESTNS.svc.Cluster.LOCAL.'
            const octets = (await server.send(encodeQuery(`${ask} A`))) ?? new Uint8Array()
            const soaAt = 12 + ask.length + 1 + 4
            const zoneAt = 12 + ask.indexOf('Cluster')
            expect([...octets.subarray(soaAt, soaAt + 2)]).to.deep.equal([0xc0, zoneAt])
          },
        },
      ],
    },
    {
      title: 'with fallthrough',
      serve: () => serve('fallthrough'),
      rows: [
        { at: '2.4', title: 'a name error is passed on', ask: `nope.${t} A`, ...passedOn(`nope.${t}`) },
        {
          at: '2.4',
          title: 'for SOA too',
          ask: `nope.${t} SOA`,
          differs: 'SOA at a name',
          ...passedOn(`nope.${t}`),
        },
        { at: '2.5', title: 'NODATA is not', ask: `web.${t} AAAA`, ...nodata },
      ],
    },
    {
      title: 'with fallthrough and no next plugin',
      serve: () => serveManifests(cluster, `${z} ${v4} {\nkubernetes {\nfallthrough\n}\n}\n`),
      rows: [{ at: '2.4', title: 'SERVFAIL', ask: `nope.${t} A`, rcode: 'SERVFAIL', flags: ['qr'] }],
    },
    {
      title: 'an answer that cannot be made',
      serve: () => serveObjects([]),
      rows: [{ at: '2.3', title: 'the type alone leads', ask: `${z} TYPE65280`, ...nodata }],
    },
  ],
}

function version(zone: string): string {
  return `dns-version.${zone} 28800 IN TXT "1.1.0"`
}
