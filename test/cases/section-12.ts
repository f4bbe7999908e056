import { clusterIp, headless, slice } from '../support/manifests.ts'
import { serveManifests } from '../support/serve.ts'
import { nodata, nxdomain, soaOf } from '../support/table.ts'
import { a, blockOf, cluster, passedOn, ptr, serve, serveObjects, t, v4, z } from './cluster.ts'
import { rows, type Section } from './rows.ts'

const labelled = (labels: Record<string, string>, object: object) => {
  const metadata = 'metadata' in object ? (object.metadata as { labels?: object }) : {} // every object has metadata
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, ...labels } } }
}
const space = (name: string, labels: Record<string, string>) =>
  labelled(labels, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

const both = [
  space('one', { team: 'a' }),
  space('two', { team: 'b' }),
  ...['one', 'two'].flatMap((name, index) => [
    labelled({ tier: name }, clusterIp(`${name}/web`, `10.96.0.${index + 1}`)),
    labelled({ tier: name }, headless(`${name}/db`)),
    labelled({ tier: name }, slice(`${name}/db`, { endpoints: [{ addresses: [`10.1.0.${index + 1}`] }] })),
  ]),
]
const name = (service: string, namespace: string) => `${service}.${namespace}.svc.${z}`
const nothingHere = { rcode: 'NXDOMAIN', authority: [soaOf(v4)] }

export const section12: Section = {
  section: '12',
  title: 'filters and fallthrough',
  groups: [
    {
      title: 'namespaces one missing',
      serve: () => serveObjects(both, blockOf(['namespaces one missing'])),
      rows: [
        { at: '12.1', title: 'listed', ask: `${name('web', 'one')} A`, answer: a(name('web', 'one'), '10.96.0.1') },
        { at: '12.1', title: 'listed, the namespace', ask: `one.svc.${z} A`, ...nodata },
        ...rows('12.1', 'not listed', [`${name('web', 'two')} A`, `two.svc.${z} A`], nxdomain),
        ...rows('12.1', 'listed, and not there', [`${name('web', 'missing')} A`, `missing.svc.${z} A`], nxdomain),
      ],
    },
    {
      title: 'namespace_labels team=a',
      serve: () => serveObjects(both, blockOf(['namespace_labels team=a'])),
      rows: [
        { at: '12.2', title: 'selected', ask: `${name('web', 'one')} A`, answer: a(name('web', 'one'), '10.96.0.1') },
        ...rows(
          '12.2',
          'not selected',
          [`${name('web', 'two')} A`, `two.svc.${z} A`, `${name('db', 'two')} SRV`],
          nxdomain,
        ),
        {
          at: '12.2',
          title: 'PTR, selected',
          ask: `1.0.96.10.${v4} PTR`,
          answer: ptr(`1.0.96.10.${v4}`, name('web', 'one')),
        },
        ...rows('12.2', 'PTR, not selected', [`2.0.96.10.${v4} PTR`, `2.0.1.10.${v4} PTR`], {
          differs: 'PTR with `namespace_labels`',
          ...nothingHere,
        }),
      ],
    },
    {
      title: 'labels tier=one',
      serve: () => serveObjects(both, blockOf(['labels tier=one'])),
      rows: [
        { at: '12.3', title: 'a Service', ask: `${name('web', 'one')} A`, answer: a(name('web', 'one'), '10.96.0.1') },
        { at: '12.3', title: 'a slice', ask: `${name('db', 'one')} A`, answer: a(name('db', 'one'), '10.1.0.1') },
        ...rows('12.3', 'others', [`${name('web', 'two')} A`, `${name('db', 'two')} A`], nxdomain),
        { at: '12.3', title: 'namespaces do not count', ask: `two.svc.${z} A`, ...nodata },
        ...rows('12.3', 'PTR of others', [`2.0.96.10.${v4} PTR`, `2.0.1.10.${v4} PTR`], nothingHere),
      ],
    },
    {
      title: 'labels tier!=one',
      serve: () => serveObjects(both, blockOf(['labels tier!=one'])),
      rows: [
        {
          at: '12.3',
          title: 'a Service',
          differs: '`labels`, `namespace_labels` with `!=`',
          ask: `${name('web', 'two')} A`,
          answer: a(name('web', 'two'), '10.96.0.2'),
        },
        { at: '12.3', title: 'another', ask: `${name('web', 'one')} A`, ...nxdomain },
      ],
    },
    {
      title: 'a namespace that is not there yet',
      serve() {
        const server = serveObjects(both)
        server.store.remove({ kind: 'Namespace', name: 'one' })
        return server
      },
      rows: rows('12.4', 'no names', [`${name('web', 'one')} A`, `${name('db', 'one')} A`, `one.svc.${z} A`], nxdomain),
    },
    {
      title: 'fallthrough of one zone',
      serve: () => serve(`fallthrough ${v4}`),
      rows: [
        { at: '12.5', title: 'in it', ask: `9.9.9.10.${v4} PTR`, ...passedOn(`9.9.9.10.${v4}`) },
        { at: '12.5', title: 'not in it', ask: `nope.${t} A`, ...nxdomain },
        { at: '12.5', title: 'NODATA stays', ask: `10.0.96.10.${v4} A`, authority: [soaOf(v4)] },
        { at: '12.5', title: 'so does a transfer', ask: `${v4} AXFR`, rcode: 'REFUSED', flags: ['qr'] },
      ],
    },
    {
      title: 'fallthrough to nothing',
      serve: () => serveManifests(cluster, `${z} {\nkubernetes {\nfallthrough\n}\n}\n`),
      rows: [{ at: '12.5', title: 'SERVFAIL', ask: `nope.${t} A`, rcode: 'SERVFAIL', flags: ['qr'] }],
    },
  ],
}
