import { expect } from 'chai'
import { rcodeName } from '../../../src/dns/iana.ts'
import type { Message } from '../../../src/dns/message.ts'
import type { Transport } from '../../../src/plugin/handler.ts'
import { edns, records } from '../../dns/messages.ts'
import { clusterIp } from '../../support/manifests.ts'
import { serveManifests, type TestServer } from '../../support/serve.ts'

const manifests = JSON.stringify(clusterIp('shop/web', '10.96.0.20'))

/** Every case has the serial 1,000,000 for its cluster. */
const current = 1_000_000

function serve(transfer: string, plugins = 'kubernetes cluster.local in-addr.arpa'): TestServer {
  const server = serveManifests('', `. {\nlog . "{type} {name} {rcode} {>rflags}"\n${transfer}\n${plugins}\n}\n`)
  server.clock.nowMs = current * 1000
  server.change(manifests)
  return server
}

/** What came of it: the code, or `whole`, or `SOA` for that record alone. */
function outcomeOf(messages: readonly Message[]): string {
  const [first] = messages
  const rrsets = messages.flatMap(({ answer }) => answer)
  if (first === undefined) return 'nothing'
  if (rrsets.length === 0) return `${rcodeName(first.rcode)}${first.aa ? ' aa' : ''}`
  if (!messages.every(({ aa, rcode }) => aa && rcode === 0)) return 'not authoritative'
  return rrsets.length === 1 ? 'SOA' : rrsets.at(-1)?.type === 'SOA' ? 'whole' : 'cut off'
}

const everybody = 'transfer {\nto *\n}'
const peers = 'transfer {\nto 192.0.2.7 [2001:DB8::0:7]:5353 fe80::7\n}'
const byZone = 'transfer cluster.local {\nto 192.0.2.7\n}\ntransfer svc.cluster.local in-addr.arpa {\nto *\n}'

interface TransferCase {
  readonly title: string
  readonly transfer: string
  readonly ask: string
  readonly from?: string
  readonly transport?: Transport
  readonly outcome: string
}

const cases: readonly TransferCase[] = [
  { title: 'everybody, of every zone', transfer: everybody, ask: 'cluster.local. AXFR', outcome: 'whole' },
  { title: 'in any letter case', transfer: everybody, ask: 'CLUSTER.Local. AXFR', outcome: 'whole' },
  { title: 'a reverse zone', transfer: everybody, ask: 'in-addr.arpa. AXFR', outcome: 'whole' },
  { title: 'a peer', transfer: peers, ask: 'cluster.local. AXFR', from: '192.0.2.7', outcome: 'whole' },
  {
    title: 'a mapped address',
    transfer: peers,
    ask: 'cluster.local. AXFR',
    from: '::ffff:192.0.2.7',
    outcome: 'whole',
  },
  { title: 'a peer with a port', transfer: peers, ask: 'cluster.local. AXFR', from: '2001:db8::7', outcome: 'whole' },
  { title: 'a link-local peer', transfer: peers, ask: 'cluster.local. AXFR', from: 'fe80::7%eth0', outcome: 'whole' },
  { title: 'no peer', transfer: peers, ask: 'cluster.local. AXFR', from: '192.0.2.8', outcome: 'REFUSED' },
  { title: 'no peer, a part of a zone', transfer: peers, ask: 'svc.cluster.local. AXFR', outcome: 'REFUSED' },
  { title: 'the rule of the longest zone', transfer: byZone, ask: 'svc.cluster.local. AXFR', outcome: 'NOTAUTH' },
  { title: 'the rule of its zone', transfer: byZone, ask: 'cluster.local. AXFR', outcome: 'REFUSED' },
  { title: 'another rule', transfer: byZone, ask: 'in-addr.arpa. AXFR', outcome: 'whole' },
  { title: 'a part of a zone', transfer: everybody, ask: 'shop.svc.cluster.local. AXFR', outcome: 'NOTAUTH' },
  { title: 'a part of a zone, IXFR', transfer: everybody, ask: 'svc.cluster.local. IXFR 1', outcome: 'NOTAUTH' },
  {
    title: 'a zone without a rule',
    transfer: 'transfer example.org {\nto *\n}',
    ask: 'cluster.local. AXFR',
    outcome: 'REFUSED',
  },
  { title: 'a zone of nobody here', transfer: everybody, ask: 'example.org. AXFR', outcome: 'SERVFAIL' },
  { title: 'AXFR over UDP', transfer: everybody, ask: 'cluster.local. AXFR', transport: 'udp', outcome: 'REFUSED' },
  { title: 'IXFR over UDP', transfer: everybody, ask: 'cluster.local. IXFR 1', transport: 'udp', outcome: 'REFUSED' },
  { title: 'without the plugin', transfer: '', ask: 'cluster.local. AXFR', outcome: 'REFUSED' },
  { title: 'the serial that is', transfer: everybody, ask: `cluster.local. IXFR ${current}`, outcome: 'SOA' },
  { title: 'a newer one', transfer: everybody, ask: `cluster.local. IXFR ${current + 1}`, outcome: 'SOA' },
  { title: 'the newest', transfer: everybody, ask: `cluster.local. IXFR ${current + 2 ** 31 - 1}`, outcome: 'SOA' },
  {
    title: 'neither old nor new',
    transfer: everybody,
    ask: `cluster.local. IXFR ${current + 2 ** 31}`,
    outcome: 'whole',
  },
  { title: 'an older one', transfer: everybody, ask: `cluster.local. IXFR ${current - 1}`, outcome: 'whole' },
  {
    title: 'the other side of the circle',
    transfer: everybody,
    ask: `cluster.local. IXFR ${2 ** 32 - 1}`,
    outcome: 'whole',
  },
  { title: 'no serial yet', transfer: everybody, ask: 'cluster.local. IXFR 0', outcome: 'whole' },
  { title: 'IXFR without an SOA record', transfer: everybody, ask: 'cluster.local. IXFR', outcome: 'SERVFAIL' },
]

async function transferTo(
  server: TestServer,
  { ask, from, transport = 'tcp' }: Omit<TransferCase, 'title' | 'transfer' | 'outcome'>,
): Promise<readonly Message[]> {
  const [name, type, serial] = ask.split(' ')
  const authority = serial === undefined ? [] : records(`${name} 5 IN SOA a. b. ${serial} 1 1 1 1`)
  const client = { address: from ?? '192.0.2.1', port: 40_000 }
  const options = { client, message: { authority } }
  if (transport === 'udp') return [await server.exchange(`${name} ${type}`, { ...options, transport })]
  return server.exchangeAll(`${name} ${type}`, options)
}

describe('transfer: who gets what', () => {
  for (const { title, transfer, outcome, ...asked } of cases) {
    it(`${title}: ${asked.ask}: ${outcome}`, async () => {
      expect(outcomeOf(await transferTo(serve(transfer), asked))).to.equal(outcome)
    })
  }

  it('says why not, to a client that speaks EDNS', async () => {
    const [reply] = await serve(peers).exchangeAll('cluster.local. AXFR', { edns: edns() })
    const text = "transfer: 192.0.2.1 is in no 'to' of the zone"
    expect(reply?.edns?.extendedError).to.deep.equal({ infoCode: 18, text })
  })

  it('keeps no answer: a refusal over UDP or of one client is none for the next', async () => {
    const server = serve(peers)
    const ask = 'cluster.local. AXFR'
    expect(outcomeOf(await transferTo(server, { ask, from: '192.0.2.7', transport: 'udp' }))).to.equal('REFUSED')
    expect(outcomeOf(await transferTo(server, { ask, from: '192.0.2.8' }))).to.equal('REFUSED')
    expect(outcomeOf(await transferTo(server, { ask, from: '192.0.2.7' }))).to.equal('whole')
    expect(outcomeOf(await transferTo(server, { ask, from: '192.0.2.7', transport: 'udp' }))).to.equal('REFUSED')
  })

  it('passes on what is no transfer', async () => {
    const reply = await serve(everybody).ask('web.shop.svc.cluster.local. A')
    expect(reply.answer).to.deep.equal(['web.shop.svc.cluster.local. 5 IN A 10.96.0.20'])
  })

  it('passes on a zone that nobody offers', async () => {
    const server = serve(everybody, 'whoami')
    expect((await server.exchange('example.org. AXFR', { transport: 'tcp' })).additional).to.have.length(2)
  })
})

describe('transfer: what it tells', () => {
  it('each transfer, in the words of CoreDNS, and the query log one exchange', async () => {
    const server = serve(everybody)
    await transferTo(server, { ask: 'cluster.local. AXFR' })
    await transferTo(server, { ask: `cluster.local. IXFR ${current}` })
    expect(server.lines).to.deep.equal([
      `[INFO] plugin/transfer: Outgoing transfer of 7 records of zone "cluster.local." to 192.0.2.1 for ${current} SOA serial`,
      '[INFO] AXFR cluster.local. NOERROR qr,aa',
      `[INFO] plugin/transfer: Outgoing noop, incremental transfer for up to date zone "cluster.local." to 192.0.2.1 for ${current} SOA serial`,
      '[INFO] IXFR cluster.local. NOERROR qr,aa',
    ])
  })
})
