import { expect } from 'chai'
import { decodeMessage } from '../../../src/dns/wire/decode.ts'
import { clusterIp, headless, manifests, namespace, slice } from '../../support/manifests.ts'
import { encodeQuery, serveManifests } from '../../support/serve.ts'
import { each, nodata, nxdomain, testQueries } from '../../support/table.ts'

const types = ['A', 'AAAA', 'SRV', 'TXT', 'CNAME', 'MX', 'NS', 'SOA', 'PTR', 'ANY', 'HTTPS', 'DS', 'CAA', 'TYPE65280']

const server = serveManifests(
  manifests(
    namespace('empty'),
    clusterIp('testns/web', '10.96.0.10'),
    headless('testns/pets'),
    slice('testns/pets', { endpoints: [{ addresses: ['10.1.0.1'], hostname: 'pet-0' }] }),
    headless('testns/idle'),
  ),
)

/** The name asked for every type but those that it has. */
const allBut = (name: string, ...has: readonly string[]) =>
  types.filter((type) => !has.includes(type)).map((type) => `${name} ${type}`)

describe('kubernetes: NODATA, a name that has other records, or names below it (RFC 2308, RFC 8020)', () => {
  const asks = [
    ...allBut('cluster.local.', 'NS', 'SOA'),
    ...allBut('svc.cluster.local.'),
    ...allBut('pod.cluster.local.'),
    ...allBut('testns.svc.cluster.local.'),
    ...allBut('empty.svc.cluster.local.'),
    ...allBut('dns.cluster.local.'),
    ...allBut('dns-version.cluster.local.', 'TXT'),
    ...allBut('web.testns.svc.cluster.local.', 'A', 'SRV'),
    ...allBut('_tcp.web.testns.svc.cluster.local.'),
    ...allBut('_http._tcp.web.testns.svc.cluster.local.', 'A', 'SRV'),
    ...allBut('pets.testns.svc.cluster.local.', 'A', 'SRV'),
    ...allBut('_tcp.pets.testns.svc.cluster.local.'),
    ...allBut('pet-0.pets.testns.svc.cluster.local.', 'A', 'SRV'),
  ]
  testQueries(() => server, each(asks, 'NODATA', nodata))
})

describe('kubernetes: NXDOMAIN, whatever the type', () => {
  const names = [
    'nope.cluster.local.',
    'nope.nope.cluster.local.',
    'nope.svc.cluster.local.',
    'web.nope.svc.cluster.local.',
    'nope.testns.svc.cluster.local.',
    'x.nope.testns.svc.cluster.local.',
    'idle.testns.svc.cluster.local.',
    '_tcp.idle.testns.svc.cluster.local.',
    '_udp.web.testns.svc.cluster.local.',
    'tcp.web.testns.svc.cluster.local.',
    '_http._udp.web.testns.svc.cluster.local.',
    'x._http._tcp.web.testns.svc.cluster.local.',
    '_http._tcp.pet-0.pets.testns.svc.cluster.local.',
    '10-1-0-1.pets.testns.svc.cluster.local.',
    'testns.pod.cluster.local.',
    '10-1-0-1.testns.pod.cluster.local.',
    'www.example.com.cluster.local.',
    'web.testns.cluster.local.',
  ]
  testQueries(
    () => server,
    each(
      names.flatMap((name) => allBut(name)),
      'NXDOMAIN',
      nxdomain,
    ),
  )
})

describe('kubernetes: names of unusual labels', () => {
  const testns = 'testns.svc.cluster.local.'
  const label63 = 'a'.repeat(63)
  const names = [
    `*.${testns}`,
    '*.svc.cluster.local.',
    'any.testns.svc.cluster.local.',
    `_any._tcp.web.${testns}`,
    `_*._tcp.web.${testns}`,
    `_._*.web.${testns}`,
    `web\\.testns.svc.cluster.local.`,
    `web\\.${testns}`,
    `we\\.b.${testns}`,
    `pet-0\\.pets.${testns}`,
    `_http\\._tcp.web.${testns}`,
    `\\000.${testns}`,
    `web\\000.${testns}`,
    `w\\233b.${testns}`,
    `\\255.\\128.svc.cluster.local.`,
    `web/x.${testns}`,
    'testns/web.svc.cluster.local.',
    `\\\\.${testns}`,
    `\\@.\\".\\;.\\(\\032.cluster.local.`,
    `_.web.${testns}`,
    `${label63}.${testns}`,
    `_${'a'.repeat(62)}._tcp.web.${testns}`,
    `__proto__.${testns}`,
    `constructor.__proto__.svc.cluster.local.`,
    // 255 octets: 63 + 63 + 63 + 45 with their lengths, then the zone's 15 and four more.
    `${label63}.${label63}.${label63}.${'b'.repeat(42)}.svc.cluster.local.`,
    `${label63}.${label63}.${label63}.${'b'.repeat(46)}.cluster.local.`,
    `${'a.'.repeat(119)}x.cluster.local.`,
  ]
  testQueries(
    () => server,
    each(
      names.flatMap((name) => [`${name} A`, `${name} SRV`, `${name} TXT`]),
      'no such name',
      nxdomain,
    ),
  )
})

describe('kubernetes: letter case', () => {
  testQueries(
    () => server,
    [
      {
        title: 'names are found in any',
        ask: 'WEB.TestNS.SVC.Cluster.LOCAL. A',
        answer: ['web.testns.svc.cluster.local. 5 IN A 10.96.0.10'],
      },
      {
        title: 'ports and endpoints too',
        ask: '_HTTP._Tcp.PETS.testns.svc.cluster.local. SRV',
        answer: ['_http._tcp.pets.testns.svc.cluster.local. 5 IN SRV 0 100 8080 pet-0.pets.testns.svc.cluster.local.'],
        additional: ['pet-0.pets.testns.svc.cluster.local. 5 IN A 10.1.0.1'],
      },
    ],
  )
  const spelling = 'WeB.TestNS.svc.CLUSTER.local.'
  it('of the question is kept in its echo, and in the owner of the answer, which points there', async () => {
    // The second time from the cache, in which it is in lower case.
    for (const name of [spelling.toLowerCase(), spelling, spelling]) {
      const octets = (await server.send(encodeQuery(`${name} A`))) ?? new Uint8Array()
      expect(decodeMessage(octets).question?.spelling).to.equal(name)
      const questionEnd = 12 + name.length + 1 + 4
      expect([...octets.subarray(questionEnd, questionEnd + 2)]).to.deep.equal([0xc0, 12])
    }
  })
})
