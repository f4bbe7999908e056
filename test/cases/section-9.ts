import { pod } from '../support/manifests.ts'
import { nodata, nxdomain } from '../support/table.ts'
import { a, aaaa, blockOf, serve, serveObjects, srv, z } from './cluster.ts'
import { type Row, rows, type Section } from './rows.ts'

const pods = `podns.pod.${z}`
const is = (at: string, label: string, type: 'A' | 'AAAA', address: string, differs?: string): Row => ({
  at,
  title: `${label} is ${address}`,
  ask: `${label}.${pods} ${type}`,
  answer: (type === 'A' ? a : aaaa)(`${label}.${pods}`, address),
  ...(differs === undefined ? {} : { differs }),
})

const notAddresses = [
  '999-2-3-4',
  '01-2-3-4',
  '1-2-3',
  '1-2-3-4-5',
  'one',
  '-',
  'fd00-2--2--3',
  'g--1',
  '1\\.2\\.3\\.4',
  'fd00::1',
  'fe80--1%eth0',
]

export const section9: Section = {
  section: '9',
  title: 'Pods',
  groups: [
    {
      title: 'disabled',
      serve: () => serve(),
      rows: [
        ...rows('9.1', 'the subtree exists', [`pod.${z} A`], nodata),
        ...rows('9.1', 'nothing below', [`${pods} A`, `10-2-0-1.${pods} A`, `1-2-3-4.${pods} AAAA`], nxdomain),
      ],
    },
    {
      title: 'insecure',
      serve: () => serve('pods insecure'),
      rows: [
        is('9.2', '1-2-3-4', 'A', '1.2.3.4'),
        is('9.2', '--1', 'AAAA', '::1'),
        is('9.2', '--', 'AAAA', '::'),
        is('9.2', 'fd00-2--2', 'AAAA', 'fd00:2::2'),
        is('9.2', '--ffff-102-304', 'A', '1.2.3.4'),
        is('9.3', '255-255-255-255', 'A', '255.255.255.255'),
        ...rows(
          '9.2',
          'no address',
          notAddresses.map((label) => `${label}.${pods} A`),
          nxdomain,
        ),
        ...rows('9.3', 'no namespace', [`1-2-3-4.nons.pod.${z} A`], nxdomain),
        ...rows('9.5', 'the other family', [`1-2-3-4.${pods} AAAA`, `fd00-2--2.${pods} A`], nodata),
        ...rows(
          '9.5',
          'other types',
          ['TXT', 'MX', 'CNAME', 'SOA', 'NS', 'PTR', 'ANY'].map((type) => `1-2-3-4.${pods} ${type}`),
          nodata,
        ),
        {
          at: '9.5',
          title: 'SRV of port 0, as in CoreDNS',
          ask: `1-2-3-4.${pods} SRV`,
          differs: "SRV at a Pod's name",
          answer: [srv(`1-2-3-4.${pods}`, 100, 0, `1-2-3-4.${pods}`)],
          additional: a(`1-2-3-4.${pods}`, '1.2.3.4'),
        },
      ],
    },
    {
      title: 'verified',
      serve: () => serve('pods verified'),
      rows: [
        is('9.4', '10-2-0-1', 'A', '10.2.0.1'),
        is('9.4', 'fd00-2--1', 'AAAA', 'fd00:2::1', 'the second address of a dual-stack Pod'),
        is('9.4', 'fd00-2-0-0-0-0-0-2', 'AAAA', 'fd00:2::2', '`fd00-2-0-0-0-0-0-2.shop.pod.Z`'),
        ...rows('9.4', 'no Pod has it', [`1-2-3-4.${pods} A`, `10-2-0-1.testns.pod.${z} A`, `one.${pods} A`], nxdomain),
      ],
    },
    {
      title: 'verified, Pods that have ended',
      serve: () => serveObjects(endedPods(), blockOf(['pods verified'])),
      rows: rows('9.4', 'do not count', [`10-2-0-3.${pods} A`, `10-2-0-4.${pods} A`], nxdomain),
    },
  ],
}

function endedPods(): object[] {
  return ['Succeeded', 'Failed'].map((phase, index) => {
    const ended = pod(`podns/ended-${index}`, [`10.2.0.${index + 3}`])
    return { ...ended, status: { ...('status' in ended ? (ended.status as object) : {}), phase } } // pod() has a status
  })
}
