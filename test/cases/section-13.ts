import { soaOf } from '../support/table.ts'
import { a, serveUnsynced, t, z } from './cluster.ts'
import type { Section } from './rows.ts'

const soa0 = soaOf(z).replace(' 1 7200', ' 0 7200')

/** What happens before the first full state of a cluster is there; the rest of the section is in section-13-live.test.ts. */
export const section13: Section = {
  section: '13',
  title: 'synchronisation',
  groups: [
    {
      title: 'not yet synchronised',
      serve: serveUnsynced,
      rows: [
        { at: '13.5', title: 'a name error is SERVFAIL', ask: `nope.${t} A`, rcode: 'SERVFAIL', authority: [soa0] },
        { at: '13.5', title: 'NODATA', ask: `${z} A`, authority: [soa0] },
        { at: '13.5', title: 'what is known', ask: `web.${t} A`, answer: a(`web.${t}`, '10.96.0.10') },
      ],
    },
  ],
}
