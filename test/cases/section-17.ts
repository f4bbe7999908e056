import { clusterIp, externalName, headless, slice } from '../support/manifests.ts'
import { nodata, nxdomain } from '../support/table.ts'
import { a, atLocal, blockOf, serveObjects, srv, t } from './cluster.ts'
import { rows, type Section } from './rows.ts'

const zoned = [
  headless('testns/hl'),
  slice('testns/hl', {
    endpoints: [
      { addresses: ['10.1.0.1'], hostname: 'a', zone: 'Eu-1a' },
      { addresses: ['10.1.0.2'], hostname: 'b', zone: 'eu-1b' },
      { addresses: ['10.1.0.3'], hostname: 'c' },
      { addresses: ['10.1.0.4'], hostname: 'd', zone: 'eu-1a', conditions: { ready: false } },
      { addresses: ['10.1.0.5'], hostname: 'e', zone: 'rack.1.eu' },
    ] as never, // `zone` is not among the fields that most tests need
  }),
  headless('testns/idle'),
  clusterIp('testns/web', '10.96.0.10'),
  externalName('testns/ext', 'ext.example.com'),
]
const hl = `hl.${t}`
const serve = (...lines: string[]) => serveObjects(zoned, blockOf(lines), atLocal)

export const section17: Section = {
  section: '17',
  title: 'zonal names',
  groups: [
    {
      title: 'zonal',
      serve: () => serve('zonal'),
      rows: [
        { at: '17.1', title: 'pin', ask: `eu-1a.pin._zone.${hl} A`, answer: a(`eu-1a.pin._zone.${hl}`, '10.1.0.1') },
        {
          at: '17.1',
          title: 'letter case',
          ask: `EU-1B.pin._ZONE.${hl} A`,
          answer: a(`eu-1b.pin._zone.${hl}`, '10.1.0.2'),
        },
        {
          at: '17.1',
          title: 'a zone of several labels',
          ask: `rack.1.eu.pin._zone.${hl} A`,
          answer: a(`rack.1.eu.pin._zone.${hl}`, '10.1.0.5'),
        },
        ...rows(
          '17.1',
          'no such form',
          [`eu-1a.near._zone.${hl} A`, `eu-1a.pin.zone.${hl} A`, `eu-1a.pin._zone.podns.pod.cluster.local. A`],
          nxdomain,
        ),
        ...rows(
          '17.2',
          'headless alone',
          [`eu-1a.pin._zone.web.${t} A`, `eu-1a.prefer._zone.ext.${t} A`, `eu-1a.pin._zone.nope.${t} A`],
          nxdomain,
        ),
        ...rows(
          '17.2',
          'pin to a zone without endpoints',
          [`eu-9.pin._zone.${hl} A`, `eu-1a.pin._zone.idle.${t} A`, `eu-9.pin._zone.${hl} SRV`],
          nodata,
        ),
        {
          at: '17.2',
          title: 'prefer: endpoints of the zone',
          ask: `eu-1b.prefer._zone.${hl} A`,
          answer: a(`eu-1b.prefer._zone.${hl}`, '10.1.0.2'),
        },
        {
          at: '17.2',
          title: 'prefer: none there, so all',
          ask: `eu-9.prefer._zone.${hl} A`,
          answer: a(`eu-9.prefer._zone.${hl}`, '10.1.0.1', '10.1.0.2', '10.1.0.3', '10.1.0.5'),
        },
        ...rows('17.2', 'other types', [`eu-1a.pin._zone.${hl} TXT`, `eu-1a.pin._zone.${hl} MX`], nodata),
        {
          at: '17.2',
          title: 'SRV: plain endpoint names, weight over what is selected',
          ask: `eu-1a.pin._zone.${hl} SRV`,
          answer: [srv(`eu-1a.pin._zone.${hl}`, 100, 8080, `a.${hl}`)],
          additional: a(`a.${hl}`, '10.1.0.1'),
        },
        ...rows('17.2', 'port labels belong to the zone', [`_http._tcp.eu-1a.pin._zone.${hl} A`], nodata),
      ],
    },
    {
      title: 'without the option',
      serve: () => serve(),
      rows: rows('17.1', 'no such form', [`eu-1a.pin._zone.${hl} A`, `eu-1a.prefer._zone.${hl} SRV`], nxdomain),
    },
  ],
}
