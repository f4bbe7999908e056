import { pod } from '../support/manifests.ts'
import { nodata, nxdomain } from '../support/table.ts'
import { a, atLocal, cname, objects, serveObjects, t, z } from './cluster.ts'
import { type Row, rows, type Section } from './rows.ts'

/** A client that is the Pod `testns/client`. */
const options = { client: { address: '10.2.0.9', port: 40_000 } }
const asPod = (row: Row): Row => ({ ...row, options })

const serve = (pods: string) => () =>
  serveObjects(
    [...objects, pod('testns/client', ['10.2.0.9'])],
    `${z} {\nautopath @kubernetes\nkubernetes {\npods ${pods}\n}\n}\n`,
    atLocal,
  )

export const section18: Section = {
  section: '18',
  title: 'autopath @kubernetes',
  groups: [
    {
      title: 'pods verified, a client that is a Pod',
      serve: serve('verified'),
      rows: [
        { at: '18.1', title: 'a name that is whole', ask: `web.${t} A`, answer: a(`web.${t}`, '10.96.0.10') },
        {
          at: '18.2',
          title: 'a name of the next element',
          ask: `web.testns.${t} A`,
          answer: [cname(`web.testns.${t}`, `web.${t}`), ...a(`web.${t}`, '10.96.0.10')],
        },
        {
          at: '18.2',
          title: 'a name of the zone',
          ask: `web.testns.svc.${t} A`,
          answer: [cname(`web.testns.svc.${t}`, `web.${t}`), ...a(`web.${t}`, '10.96.0.10')],
        },
        { at: '18.3', title: 'the first element itself (List 1, 23: SERVFAIL)', ask: `${t} A`, ...nodata },
        { at: '18.2', title: 'outside of the first element', ask: `nope.emptyns.svc.${z} A`, ...nxdomain },
      ].map(asPod),
    },
    {
      title: 'pods verified, another client',
      serve: serve('verified'),
      rows: rows('18.1', 'is not helped', [`web.testns.${t} A`], nxdomain),
    },
    {
      title: 'pods insecure',
      serve: serve('insecure'),
      rows: rows('18.1', 'nobody is helped', [`web.testns.${t} A`], { ...nxdomain, options }),
    },
  ],
}
