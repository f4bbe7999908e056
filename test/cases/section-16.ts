import { serveFixture } from '../support/serve.ts'
import { nodata, nxdomain, soaOf } from '../support/table.ts'
import { a, aaaa, srv, z } from './cluster.ts'
import { rows, type Section } from './rows.ts'

const set = 'clusterset.local.'
const shared = `shared.svc.${set}`
const here = { authority: [soaOf(set)] }
const nothing = { rcode: 'NXDOMAIN', ...here }
const corefile = (...lines: string[]) => `${z} ${set} {\nkubernetes {\nmulticluster ${set}\n${lines.join('\n')}\n}\n}\n`
const db = [
  { label: 'db-0.east', address: '10.1.0.10' },
  { label: 'db-1.east', address: '10.1.0.11' },
  { label: 'db-0.west', address: '10.2.0.10' },
]

export const section16: Section = {
  section: '16',
  title: 'multicluster zones',
  groups: [
    {
      title: 'fixtures/multicluster',
      serve: () => serveFixture('multicluster', { corefile: corefile() }),
      rows: [
        { at: '16.1', title: 'A', ask: `web.${shared} A`, answer: a(`web.${shared}`, '10.98.0.20') },
        { at: '16.1', title: 'AAAA', ask: `web.${shared} AAAA`, answer: aaaa(`web.${shared}`, 'fd00:10:98::20') },
        {
          at: '16.1',
          title: 'SRV of its ports',
          ask: `_http._tcp.web.${shared} SRV`,
          answer: [srv(`_http._tcp.web.${shared}`, 50, 80, `web.${shared}`)],
          additional: [...a(`web.${shared}`, '10.98.0.20'), ...aaaa(`web.${shared}`, 'fd00:10:98::20')],
        },
        { at: '16.1', title: 'a namespace', ask: `${shared} A`, ...here },
        ...rows('16.1', 'nothing', [`nope.${shared} A`, `web.nope.svc.${set} A`], nothing),
        {
          at: '16.2',
          title: 'headless: all clusters',
          ask: `db.${shared} A`,
          answer: db.flatMap(({ address }) => a(`db.${shared}`, address)),
        },
        {
          at: '16.2',
          title: 'headless: SRV names the cluster',
          ask: `_postgres._tcp.db.${shared} SRV`,
          answer: db.map(({ label }) => srv(`_postgres._tcp.db.${shared}`, 33, 5432, `${label}.db.${shared}`)),
          additional: db.flatMap(({ label, address }) => a(`${label}.db.${shared}`, address)),
        },
        ...db.map(({ label, address }) => ({
          at: '16.2',
          title: `an endpoint of a cluster, ${label}`,
          ask: `${label}.db.${shared} A`,
          answer: a(`${label}.db.${shared}`, address),
        })),
        ...rows(
          '16.2',
          'without the cluster',
          [`db-0.db.${shared} A`, `db-9.east.db.${shared} A`, `db-1.west.db.${shared} A`],
          nothing,
        ),
        ...rows('16.2', 'the cluster alone stands above its endpoints', [`east.db.${shared} A`], {
          differs: 'a name that only stands above others',
          ...here,
        }),
        {
          at: '16.2',
          title: 'an endpoint below an import with addresses',
          ask: `10-1-0-20.east.web.${shared} A`,
          answer: a(`10-1-0-20.east.web.${shared}`, '10.1.0.20'),
        },
        { at: '16.3', title: 'the SOA', ask: `${set} SOA`, answer: [soaOf(set)] },
        {
          at: '16.3',
          title: 'the version',
          ask: `dns-version.${set} TXT`,
          answer: [`dns-version.${set} 28800 IN TXT "1.1.0"`],
        },
        { at: '16.3', title: 'imports are not in other zones', ask: `db.shared.svc.${z} A`, ...nxdomain },
        {
          at: '16.3',
          title: 'a Service of the same name',
          ask: `web.shared.svc.${z} A`,
          answer: a(`web.shared.svc.${z}`, '10.96.2.20'),
        },
        { at: '16.3', title: 'a Service, the other family', ask: `web.shared.svc.${z} AAAA`, ...nodata },
      ],
    },
  ],
}
