import { serveManifests } from '../../support/serve.ts'
import { type QueryCase, testQueries } from '../../support/table.ts'

const name = 'who.example.org.'
const label63 = 'a'.repeat(63)
const ofLength = (last: number) => `${label63}.${label63}.${label63}.${'b'.repeat(last)}.`
/** With `_udp` before it, this one has 255 octets. */
const longest = ofLength(56)
const long = ofLength(57)

const cases: readonly QueryCase[] = [
  {
    title: 'an IPv4 client, over UDP',
    ask: `${name} A`,
    additional: [`${name} 0 IN A 192.0.2.1`, `_udp.${name} 0 IN SRV 0 0 40000 .`],
  },
  {
    title: 'an IPv6 client, over TCP',
    ask: `${name} A`,
    options: { transport: 'tcp', client: { address: '2001:db8::7', port: 5353 } },
    additional: [`${name} 0 IN AAAA 2001:db8::7`, `_tcp.${name} 0 IN SRV 0 0 5353 .`],
  },
  {
    title: 'an IPv4 client of a socket that takes both families',
    ask: `${name} MX`,
    options: { client: { address: '::ffff:192.0.2.9', port: 1 } },
    additional: [`${name} 0 IN A 192.0.2.9`, `_udp.${name} 0 IN SRV 0 0 1 .`],
  },
  {
    title: 'a client on a link',
    ask: `${name} TXT`,
    options: { client: { address: 'fe80::1%eth0', port: 1 } },
    additional: [`${name} 0 IN AAAA fe80::1`, `_udp.${name} 0 IN SRV 0 0 1 .`],
  },
  { title: 'the root', ask: '. NS', additional: ['. 0 IN A 192.0.2.1', '_udp. 0 IN SRV 0 0 40000 .'] },
  {
    title: 'a name that has just room for another label',
    ask: `${longest} A`,
    options: { edns: {} },
    additional: [`${longest} 0 IN A 192.0.2.1`, `_udp.${longest} 0 IN SRV 0 0 40000 .`],
  },
  {
    title: 'a name that has no room for another label',
    ask: `${long} A`,
    options: { edns: {} },
    additional: [`${long} 0 IN A 192.0.2.1`, `${long} 0 IN SRV 0 0 40000 .`],
  },
]

describe('whoami: who asks, from where', () => {
  testQueries(() => serveManifests('', '. {\nwhoami\n}\n'), cases)
})
