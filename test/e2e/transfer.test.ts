import { expect } from 'chai'
import { run as runCli } from '../cli/run.ts'
import { digText } from './dig.ts'
import { testFolder } from './folder.ts'
import { type Program, programs, shop } from './program.ts'

const corefile = `cluster.local in-addr.arpa ip6.arpa {
    log
    transfer {
        to *
    }
    kubernetes
}
`

/** Records of a transfer as dig prints them, with single blanks; without the SOA at the end. */
async function transfer(program: Program, zone: string, type = 'AXFR'): Promise<string[]> {
  const text = await digText(program.port(), '+noall', '+answer', zone, type)
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith(';'))
  const records = lines.map((line) => line.replaceAll(/\s+/g, ' '))
  const isClosed = records.length > 1 && records.at(-1) === records[0]
  return isClosed ? records.slice(0, -1) : records
}

/**
 * What CoreDNS leaves out of a transfer as well: dns-version, addresses of ports, SRV records of endpoints, and the
 * endpoints of a Service that is not headless, which have no hostnames here.
 */
function isTransferred(record: string, services: ReadonlySet<string>): boolean {
  const [owner = '', , , type] = record.split(' ')
  if (/^\d+(-\d+){3}\./.test(owner)) return false
  if (type === 'TXT' || ((type === 'A' || type === 'AAAA') && owner.startsWith('_'))) return false
  return type !== 'SRV' || owner.startsWith('_') || services.has(owner)
}

describe('dig AXFR', () => {
  const { serve } = programs()
  const folder = testFolder({ Corefile: corefile })
  const start = (...args: readonly string[]) => serve('--conf', folder.path('Corefile'), ...args)

  /** All that `names` lists of a zone, but for the serial, which is the time of the start. */
  async function listed(zone: string): Promise<string[]> {
    const { out } = await runCli('names', '-f', shop)
    const services = new Set(out.split('\n').flatMap((line) => /^[^.]+\.[^.]+\.svc\.\S+/.exec(line)?.[0] ?? []))
    return out
      .split('\n')
      .filter((record) => (record.split(' ')[0] ?? '').endsWith(zone) && isTransferred(record, services))
      .map(withoutSerial)
  }

  for (const zone of ['cluster.local.', 'in-addr.arpa.', 'ip6.arpa.']) {
    it(`gives what names lists: ${zone}`, async () => {
      const program = await start('-f', shop)
      const records = await transfer(program, zone)
      expect(records.map(withoutSerial)).to.have.members(await listed(zone))
      const line = await program.line(/Outgoing transfer/)
      expect(line).to.match(
        /^\[INFO\] plugin\/transfer: Outgoing transfer of \d+ records of zone "\S+" to 127\.0\.0\.1 for \d+ SOA serial$/,
      )
      expect(line).to.include(` ${records.length + 1} records of zone "${zone}"`)
      await program.line(/"AXFR IN \S+ tcp \d+ false 65535" NOERROR qr,aa \d+ /)
    })
  }

  it('IXFR: all for who has an old serial, the SOA for who is up to date', async () => {
    const program = await start('-f', shop)
    const [soa = '', ...rest] = await transfer(program, 'cluster.local.')
    const serial = Number(soa.split(' ')[6])
    expect(await transfer(program, 'cluster.local.', `IXFR=${serial - 1}`)).to.deep.equal([soa, ...rest])
    expect(await transfer(program, 'cluster.local.', `IXFR=${serial}`)).to.deep.equal([soa])
    expect(await transfer(program, 'cluster.local.', `IXFR=${serial + 1}`)).to.deep.equal([soa])
  })

  it('of a part of a zone fails', async () => {
    const text = await digText((await start('-f', shop)).port(), 'svc.cluster.local', 'AXFR')
    expect(text).to.include('Transfer failed')
  })

  it('gives a zone of 10,000 Services in several messages', async () => {
    const service = (index: number) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `s${index}`, namespace: 'big' },
      spec: {
        clusterIP: `10.${100 + (index >> 12)}.${(index >> 4) & 0xff}.${(index & 0xf) + 1}`,
        ports: [{ port: 80 }],
      },
    })
    const manifest = Array.from({ length: 10_000 }, (_, index) => JSON.stringify(service(index))).join('\n---\n')
    folder.write('big.yaml', manifest)
    const program = await start('-f', folder.path('big.yaml'), '--service-cidr', '10.96.0.0/12')
    const text = await digText(program.port(), '+noall', '+stats', 'cluster.local', 'AXFR')
    expect(text).to.match(/XFR size: 20004 records \(messages \d{2,}, bytes/)
  }).timeout(60_000)
})

function withoutSerial(record: string): string {
  return record.replace(/( IN SOA \S+ \S+) \d+/, '$1 0')
}
