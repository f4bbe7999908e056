import { manifests, namespace, pod } from '../../support/manifests.ts'
import { serveManifests } from '../../support/serve.ts'
import { each, nodata, nxdomain, testQueries } from '../../support/table.ts'

const pods = 'podns.pod.cluster.local.'
const cluster = manifests(
  namespace('other'),
  pod('podns/one', ['10.244.0.1']),
  pod('podns/both', ['10.244.0.2', 'fd00:2::2']),
  pod('podns/zero', ['fd00::']),
)
const serve = (mode?: string) =>
  serveManifests(cluster, `cluster.local {\nkubernetes {\n${mode === undefined ? '' : `pods ${mode}`}\n}\n}\n`)

const types = ['A', 'AAAA', 'SRV', 'TXT', 'SOA', 'ANY']

for (const mode of [undefined, 'disabled']) {
  describe(`kubernetes: pods ${mode ?? '(not written: disabled)'}`, () => {
    testQueries(
      () => serve(mode),
      [
        ...each(
          types.map((type) => `pod.cluster.local. ${type}`),
          'the subtree is there',
          nodata,
        ),
        ...each([`${pods} A`, `10-244-0-1.${pods} A`, `x.10-244-0-1.${pods} A`], 'nothing below it is', nxdomain),
      ],
    )
  })
}

/** The address of a Pod under the name it has. */
const address = (label: string, type: 'A' | 'AAAA', text: string) => ({
  title: `${label} is ${text}`,
  ask: `${label}.${pods} ${type}`,
  answer: [`${label}.${pods} 5 IN ${type} ${text}`],
})

describe('kubernetes: pods insecure', () => {
  testQueries(
    () => serve('insecure'),
    [
      address('10-244-0-1', 'A', '10.244.0.1'),
      address('1-2-3-4', 'A', '1.2.3.4'),
      address('fd00-2--2', 'AAAA', 'fd00:2::2'),
      address('fd00-2-0-0-0-0-0-2', 'AAAA', 'fd00:2::2'),
      address('--1', 'AAAA', '::1'),
      address('1--', 'AAAA', '1::'),
      address('--ffff-102-304', 'A', '1.2.3.4'),
      ...each([`1-2-3-4.${pods} AAAA`, `fd00-2--2.${pods} A`], 'the other family', nodata),
      ...each(
        ['TXT', 'MX', 'CNAME', 'SOA', 'ANY'].map((type) => `1-2-3-4.${pods} ${type}`),
        'other types',
        nodata,
      ),
      {
        title: 'SRV of port 0, as in CoreDNS',
        ask: `1-2-3-4.${pods} SRV`,
        answer: [`1-2-3-4.${pods} 5 IN SRV 0 100 0 1-2-3-4.${pods}`],
        additional: [`1-2-3-4.${pods} 5 IN A 1.2.3.4`],
      },
      ...['x', '_http._tcp'].map((labels) => ({
        title: `labels left of the address are passed over, as in CoreDNS: ${labels}`,
        ask: `${labels}.1-2-3-4.${pods} A`,
        answer: [`${labels}.1-2-3-4.${pods} 5 IN A 1.2.3.4`],
      })),
      { title: 'but not three', ask: `a.b.c.1-2-3-4.${pods} A`, ...nxdomain },
      ...each(
        [
          '999-2-3-4',
          '01-2-3-4',
          '1-2-3',
          '1-2-3-4-5',
          'one',
          '-',
          'fd00-2--2--3',
          'g--1',
          '1\\.2\\.3\\.4',
          '--ffff-1\\.2\\.3\\.4',
          'fd00::1',
          'fe80--1%eth0',
        ].map((label) => `${label}.${pods} A`),
        'no address',
        nxdomain,
      ),
      { title: 'no such namespace', ask: '1-2-3-4.nope.pod.cluster.local. A', ...nxdomain },
      ...each([`${pods} A`, 'other.pod.cluster.local. TXT'], 'a namespace', nodata),
      { title: 'no namespace', ask: 'nope.pod.cluster.local. A', ...nxdomain },
    ],
  )
})

describe('kubernetes: pods verified', () => {
  testQueries(
    () => serve('verified'),
    [
      address('10-244-0-1', 'A', '10.244.0.1'),
      address('10-244-0-2', 'A', '10.244.0.2'),
      // CoreDNS knows a Pod's first address only.
      address('fd00-2--2', 'AAAA', 'fd00:2::2'),
      // CoreDNS wants the address spelled as the API does.
      address('fd00-2-0-0-0-0-0-2', 'AAAA', 'fd00:2::2'),
      address('fd00--', 'AAAA', 'fd00::'),
      { title: 'the other family', ask: `10-244-0-1.${pods} AAAA`, ...nodata },
      { title: 'an address that no Pod has', ask: `1-2-3-4.${pods} A`, ...nxdomain },
      { title: 'a Pod of another namespace', ask: '10-244-0-1.other.pod.cluster.local. A', ...nxdomain },
      { title: "a Pod's name", ask: `one.${pods} A`, ...nxdomain },
    ],
  )
})
