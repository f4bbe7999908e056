import { clusterIp, externalName, manifests } from '../support/manifests.ts'
import { serveManifests } from '../support/serve.ts'
import { nodata, nxdomain } from '../support/table.ts'
import { a, aaaa, cname, serve, serveObjects, t, z } from './cluster.ts'
import { rows, type Section } from './rows.ts'

const other = 'testns.svc.other.test.'

/** `c1` leads to `c2` and so on; `cCOUNT` leads to `web`. */
const chainOf = (count: number) => [
  clusterIp('testns/web', '10.96.0.10'),
  ...Array.from({ length: count }, (_, index) =>
    externalName(`testns/c${index + 1}`, index + 1 === count ? `web.${t}` : `c${index + 2}.${t}`),
  ),
]

const targets: readonly object[] = [
  clusterIp('testns/web', '10.96.0.10'),
  clusterIp('testns/dual', '10.96.0.13', 'fd00::13'),
  externalName('testns/missing', `nope.${t}`),
  externalName('testns/self', `self.${t}`),
  externalName('testns/there', `back.${t}`),
  externalName('testns/back', `there.${t}`),
  externalName('testns/below', `x.below.${t}`),
  externalName('testns/apex', z),
  externalName('testns/subtree', `svc.${z}`),
  externalName('testns/rooted', `web.${t}`),
  externalName('testns/unrooted', 'web.testns.svc.cluster.local'),
  externalName('testns/both', `dual.${t}`),
  externalName('testns/port', `x.dual.${t}`),
  externalName('testns/server', `ns.dns.${z}`),
  externalName('testns/over', `dual.${other}`),
  externalName('testns/over-missing', `nope.${other}`),
  externalName('testns/over-family', `web.${other}`),
  externalName('testns/over-twice', `both.${other}`),
  externalName('testns/refused', 'nobody.test'),
]

const twoZones = `${z} {\nkubernetes\n}\nother.test {\nkubernetes\n}\n`

export const section8: Section = {
  section: '8',
  title: 'ExternalName',
  groups: [
    {
      title: 'in the zone',
      serve: () => serveObjects(targets, twoZones),
      rows: [
        ...rows(
          '8.1',
          'nothing stands below',
          [`x.both.${t} A`, `_http._tcp.both.${t} SRV`, `_tcp.both.${t} A`, `_http._tcp.both.${t} CNAME`],
          nxdomain,
        ),
        ...['rooted', 'unrooted'].map((name) => ({
          at: '8.2',
          title: `the last dot is the same: ${name}`,
          ask: `${name}.${t} A`,
          answer: [cname(`${name}.${t}`, `web.${t}`), ...a(`web.${t}`, '10.96.0.10')],
        })),
        { at: '8.3', title: 'CNAME is not chased', ask: `both.${t} CNAME`, answer: [cname(`both.${t}`, `dual.${t}`)] },
        {
          at: '8.3',
          title: 'AAAA comes with its addresses',
          ask: `both.${t} AAAA`,
          answer: [cname(`both.${t}`, `dual.${t}`), ...aaaa(`dual.${t}`, 'fd00::13')],
        },
        {
          at: '8.3',
          title: 'to the name server',
          ask: `server.${t} A`,
          answer: [cname(`server.${t}`, `ns.dns.${z}`), ...a(`ns.dns.${z}`, '10.1.0.53')],
        },
        ...rows(
          '8.3',
          'no address in the zone',
          ['missing', 'self', 'there', 'back', 'below', 'apex', 'subtree', 'port'].map((name) => `${name}.${t} A`),
          { differs: 'ExternalName to a missing name of the same zone', ...nodata },
        ),
        { at: '8.3', title: 'another family', ask: `rooted.${t} AAAA`, ...nodata },
        { at: '8.3', title: 'a loop by CNAME', ask: `self.${t} CNAME`, answer: [cname(`self.${t}`, `self.${t}`)] },
        ...rows(
          '8.4',
          'other types',
          ['SRV', 'TXT', 'MX', 'ANY', 'HTTPS', 'NS', 'SOA', 'PTR'].map((type) => `both.${t} ${type}`),
          nodata,
        ),
      ],
    },
    {
      title: 'elsewhere',
      serve: () => serveObjects(targets, twoZones),
      rows: [
        {
          at: '8.3',
          title: 'another zone of the server',
          ask: `over.${t} A`,
          answer: [cname(`over.${t}`, `dual.${other}`), ...a(`dual.${other}`, '10.96.0.13')],
        },
        {
          at: '8.3',
          title: 'and on from there to a third name',
          ask: `over-twice.${t} A`,
          answer: [
            cname(`over-twice.${t}`, `both.${other}`),
            cname(`both.${other}`, `dual.${t}`),
            ...a(`dual.${t}`, '10.96.0.13'),
          ],
        },
        ...['missing', 'family'].map((what) => ({
          at: '8.3',
          title: `its error is not ours: ${what}`,
          ask: `over-${what}.${t} AAAA`,
          answer: [cname(`over-${what}.${t}`, `${what === 'missing' ? 'nope' : 'web'}.${other}`)],
        })),
        {
          at: '8.3',
          title: 'a name that nobody serves',
          ask: `refused.${t} A`,
          answer: [cname(`refused.${t}`, 'nobody.test.')],
        },
      ],
    },
    {
      title: 'a chain of 11',
      serve: () => serveObjects(chainOf(11)),
      rows: [
        {
          at: '8.3',
          title: 'is followed',
          ask: `c1.${t} A`,
          answer: [
            ...Array.from({ length: 10 }, (_, at) => cname(`c${at + 1}.${t}`, `c${at + 2}.${t}`)),
            cname(`c11.${t}`, `web.${t}`),
            ...a(`web.${t}`, '10.96.0.10'),
          ],
        },
      ],
    },
    {
      title: 'a chain of 12',
      serve: () => serveObjects(chainOf(12)),
      rows: [
        { at: '8.3', title: 'leaves nothing', ask: `c1.${t} A`, ...nodata },
        {
          at: '8.3',
          title: 'from its second on it is 11',
          ask: `c12.${t} A`,
          answer: [cname(`c12.${t}`, `web.${t}`), ...a(`web.${t}`, '10.96.0.10')],
        },
      ],
    },
    {
      title: 'two zones that lead to each other',
      serve: () =>
        serveManifests(
          manifests(externalName('testns/left', `right.${other}`), externalName('testns/right', `left.${t}`)),
          twoZones,
        ),
      rows: [
        {
          at: '8.3',
          title: 'end',
          ask: `left.${t} A`,
          differs: 'ExternalNames that lead to one another through several zones',
          answer: [cname(`left.${t}`, `right.${other}`)],
        },
      ],
    },
    {
      title: 'an address',
      serve() {
        const server = serve()
        for (const [name, target] of Object.entries({ ext: '192.0.2.1', self: '2001:db8::1' })) {
          const service = server.store.service('testns', name)
          if (service === undefined) throw new Error(`${name} is a Service`)
          server.store.put({ ...service, externalName: target })
        }
        return server
      },
      rows: rows(
        '8.2',
        'is no name',
        ['A', 'AAAA', 'CNAME', 'SRV', 'TXT'].flatMap((type) => [`ext.${t} ${type}`, `self.${t} ${type}`]),
        { differs: 'ExternalName that is an address', ...nxdomain },
      ),
    },
  ],
}
