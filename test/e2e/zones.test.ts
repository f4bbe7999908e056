import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { rcodeName } from '../../src/dns/iana.ts'
import type { Message } from '../../src/dns/message.ts'
import { parseName } from '../../src/dns/name.ts'
import { formatRRset } from '../../src/dns/text/record.ts'
import { readZoneFile } from '../../src/dns/text/zone-file.ts'
import { freePorts } from '../support/ports.ts'
import { serveManifests, type TestServer } from '../support/serve.ts'
import { type Authority, exchange, type Site, startKnot, startKnotSecondary, startNsd } from './authorities.ts'
import { dig, digText } from './dig.ts'
import { testFolder } from './folder.ts'
import { programs, until } from './program.ts'

const zone = 'example.org.'
const zoneText = `
$ORIGIN example.org.
$TTL 1h
@           IN SOA ns1 hostmaster ( 2026112301 7200 ; refresh
                                    3600 1209600
                                    300 )
            NS    ns1
            NS    ns.elsewhere.test.
            MX    10 mail
            MX    20 mail.elsewhere.test.
            TXT   "v=spf1 mx -all" "second \\"string\\"; \\\\ \\255"
            CAA   0 issue "ca.example.net; policy=ev"
            A     192.0.2.1
            AAAA  2001:db8::1
ns1         300 IN A 192.0.2.53
            IN 300 AAAA 2001:db8::53
mail        1h30m A 192.0.2.25
www         CNAME @
ftp         CNAME www
away        CNAME www.elsewhere.test.
gone        CNAME nothing
loop1       CNAME loop2
loop2       CNAME loop1
into        CNAME host.sub
wild-alias  CNAME some.wild
host        HINFO "PDP-11/70" UNIX
            RP    admin.people @
            AFSDB 1 ns1
            SSHFP 2 1 123456789abcdef67890123456789abcdef67890
            LOC   \\# 16 00121316 8b0d2e00 70bea3f0 00989680
            TYPE65280 \\# 4 DEADBEEF
_sip._udp   SRV   0 5 5060 mail
            NAPTR 100 10 "S" "SIP+D2U" "" _sip._udp
_443._tcp   TLSA  3 1 1 ( d2abde240d7cd3ee6b4b28c54df034b9
                          7983a1d16e8a410e4561cb106618e971 )
svc         HTTPS 1 . alpn="h2,h3" ipv4hint=192.0.2.1 port=8443
            SVCB  0 www
            URI   10 1 "https://example.org/a b"
*.wild      A     192.0.2.77
            MX    5 mail
            TXT   wild
deep.under.wild TXT deep
*.cname     CNAME www
*.ent.star  TXT   below
x.*.midstar A     192.0.2.78
a.b.c.ent   A     192.0.2.79
sub         NS    ns.sub
            NS    ns1
            NS    ns.elsewhere.test.
            DS    60485 5 1 ( 2BB183AF5F22588179A53B0A 98631FAD1A292118 )
ns.sub      A     192.0.2.80
            AAAA  2001:db8::80
host.sub    A     192.0.2.81
plain       NS    ns.elsewhere.test.
old         DNAME new
www.new     A     192.0.2.90
out         DNAME elsewhere.test.
esc\\.aped   A     192.0.2.91
\\042star    A     192.0.2.92
sp\\032ace   TXT   "a blank in the owner"
many        A     192.0.2.101
            A     192.0.2.102
            A     192.0.2.101
            A     192.0.2.103
`

const types = [
  'A',
  'AAAA',
  'NS',
  'SOA',
  'MX',
  'TXT',
  'CNAME',
  'DNAME',
  'DS',
  'SRV',
  'CAA',
  'HINFO',
  'RP',
  'TLSA',
  'HTTPS',
  'TYPE65280',
  'LOC',
  'URI',
]

/** Each name of the zone, one and two labels below it, and what lies between and beside. */
function questions(text: string): string[] {
  const owners = [...readZoneFile(text, 'db', { origin: parseName(zone) })].map(({ rrset }) => rrset.owner)
  const enclosing = owners.flatMap((owner) =>
    owner.split(/(?<!\\)\./).map((_, index, labels) => labels.slice(index).join('.')),
  )
  const existing = [...new Set([...owners, ...enclosing])].filter((name) => name.endsWith(zone))
  const names = existing.flatMap((name) => [name, `zz.${name}`, `*.${name}`, `www.q.${name}`])
  return [...new Set(names)].flatMap((name) => types.map((type) => `${name} ${type}`))
}

/** What servers must agree on; which further records they add to an answer is up to each of them. */
function essence({ rcode, aa, answer, authority }: Message) {
  const isNegative = authority.some(({ type }) => type === 'SOA')
  const isReferral = !aa || authority.some(({ type, owner }) => type === 'NS' && owner !== zone)
  return {
    rcode: rcodeName(rcode),
    aa,
    answer: answer.flatMap(formatRRset).sort(),
    authority: isNegative || isReferral ? authority.flatMap(formatRRset).sort() : [],
  }
}

describe('a zone file, here and at other servers', () => {
  let folder = ''
  let site: Site
  const started: Authority[] = []

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'cluster-dns-zones-'))
    site = { folder, zone, file: join(folder, 'db.example.org') }
    writeFileSync(site.file, zoneText)
  })
  after(async () => {
    for (const authority of started) await authority.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const serveHere = (text: string) => serveManifests('', `${zone} {\nfile db\n}`, { files: { db: text } })

  async function compare(
    here: TestServer,
    there: Authority,
    asked: readonly string[],
    dnssecOk = false,
  ): Promise<void> {
    const differences: unknown[] = []
    for (const question of asked) {
      const [ours, theirs] = [
        essence(await here.exchange(question, { transport: 'tcp', edns: { dnssecOk, payloadSize: 4096 } })),
        essence(await there.ask(question, dnssecOk)),
      ]
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) differences.push({ question, ours, theirs })
    }
    expect(differences.slice(0, 10), `${differences.length} of ${asked.length}`).to.deep.equal([])
  }

  it('is answered as by Knot DNS', async () => {
    const knot = await startKnot(site)
    started.push(knot)
    await compare(serveHere(zoneText), knot, questions(zoneText))
  }).timeout(120_000)

  it('is answered as by NSD', async () => {
    const nsd = await startNsd(site)
    started.push(nsd)
    await compare(serveHere(zoneText), nsd, questions(zoneText))
  }).timeout(120_000)

  it('that Knot DNS has signed is answered as by it, with its signatures and denials', async () => {
    const file = join(folder, 'db.signed')
    writeFileSync(file, zoneText)
    const knot = await startKnot({ ...site, file, signs: true })
    started.push(knot)
    await until(() => readFileSync(file, 'utf8').includes('RRSIG'), 'the signed zone')
    const text = readFileSync(file, 'utf8')
    // Where a wildcard is there for names below it only, Knot leaves out what shows it.
    const asked = questions(zoneText).filter((question) => !/^(zz|www\.q)\.midstar\./.test(question))
    await compare(serveHere(text), knot, asked, true)
  }).timeout(120_000)
})

describe('a zone file of the real program', () => {
  const { serve } = programs()
  const zoneOf = (serial: number) => `@ 5 SOA ns host ${serial} 2 3 4 5\n$INCLUDE hosts-${serial}\n`
  const folder = testFolder({
    'zones/db': zoneOf(1),
    'zones/hosts-1': 'www 5 A 192.0.2.1\n',
    'zones/hosts-2': 'www 5 A 192.0.2.2\n',
  })

  it('is served, and read again when it has another serial', async () => {
    const file = folder.path('zones/db')
    folder.write('Corefile', `example.org {\nfile ${file} {\nreload 50ms\n}\ntransfer {\nto *\n}\n}\n`)
    const program = await serve('--conf', folder.path('Corefile'))
    const www = async () => (await dig(program.port(), 'www.example.org')).answer
    expect(await www()).to.deep.equal(['www.example.org. 5 IN A 192.0.2.1'])
    folder.replace('zones/db', zoneOf(2))
    await until(async () => (await www())[0]?.endsWith('192.0.2.2') === true, 'the new address')
    expect(await program.line(/reloaded/)).to.equal(
      `[INFO] plugin/file: Successfully reloaded zone "example.org." in "${file}" with 2 SOA serial`,
    )
    const text = await digText(program.port(), '+noall', '+answer', 'example.org', 'AXFR')
    expect(text.split('\n').filter((line) => /^[^;]/.test(line))).to.have.length(3)
  })

  it('is transferred to Knot DNS, which is told of each new version', async () => {
    const [port] = await freePorts()
    const file = folder.path('zones/db')
    const transfer = `transfer {\nto 127.0.0.1:${port}\n}`
    const quiet = (serial: number) => zoneOf(serial).replace(' 2 3 4 5', ' 3600 3600 36000 5') // it does not ask by itself
    folder.write('zones/db', quiet(1))
    folder.write('Corefile', `example.org {\nfile ${file} {\nreload 50ms\n}\n${transfer}\n}\n`)
    const program = await serve('--conf', folder.path('Corefile'))
    const knot = await startKnotSecondary({
      folder: folder.path(),
      zone: 'example.org.',
      port,
      primary: program.port(),
    })
    try {
      folder.replace('zones/db', quiet(2))
      const www = async () => (await knot.ask('www.example.org. A')).answer.flatMap(formatRRset)
      await until(async () => (await www())[0]?.endsWith('192.0.2.2') === true, 'the new address at Knot')
    } finally {
      await knot.stop()
    }
  })
})

describe('a folder of zone files of the real program', () => {
  const { serve } = programs()
  const zoneOf = (serial: number, address: string) => `@ 5 SOA ns host ${serial} 2 3 4 5\nwww 5 A ${address}\n`
  const folder = testFolder({})

  /** As the kubelet does with a ConfigMap: one link is exchanged, by which all files become others at once. */
  function publish(version: string, files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) folder.write(`zones/..${version}/${name}`, text)
    symlinkSync(`..${version}`, folder.path('zones', '..data_tmp'))
    renameSync(folder.path('zones', '..data_tmp'), folder.path('zones', '..data'))
    for (const name of Object.keys(files)) {
      if (!existsSync(folder.path('zones', name))) symlinkSync(join('..data', name), folder.path('zones', name))
    }
  }

  it('is served as a ConfigMap volume has it, before and after a change', async () => {
    publish('1', { 'db.a.test': zoneOf(1, '192.0.2.1'), 'db.b.test': zoneOf(1, '192.0.2.2') })
    folder.write(
      'Corefile',
      `test {\nauto {\ndirectory ${folder.path('zones')}\nreload 50ms\n}\ntransfer {\nto *\n}\n}\n`,
    )
    const program = await serve('--conf', folder.path('Corefile'))
    const www = async (zone: string) => {
      const { status, answer } = await dig(program.port(), `www.${zone}`)
      return answer[0]?.split(' ').at(-1) ?? status
    }
    expect([await www('a.test'), await www('b.test'), await www('c.test')]).to.deep.equal([
      '192.0.2.1',
      '192.0.2.2',
      'REFUSED',
    ])
    expect(program.lines.filter((line) => /^\[(WARNING|ERROR)\]/.test(line))).to.deep.equal([])
    publish('2', { 'db.a.test': zoneOf(2, '192.0.2.11'), 'db.c.test': zoneOf(1, '192.0.2.3') })
    rmSync(folder.path('zones', 'db.b.test'))
    rmSync(folder.path('zones', '..1'), { recursive: true })
    await until(async () => (await www('a.test')) === '192.0.2.11', 'the new address')
    expect([await www('b.test'), await www('c.test')]).to.deep.equal(['REFUSED', '192.0.2.3'])
    const text = await digText(program.port(), '+noall', '+answer', 'c.test', 'AXFR')
    expect(text.split('\n').filter((line) => /^[^;]/.test(line))).to.have.length(3)
  })
})

describe('what cannot be read of a folder of zone files', () => {
  const { serve } = programs()
  const folder = testFolder({ 'zones/db.a.test': '@ 5 SOA ns host 1 2 3 4 5\n', 'zones/db.b.test/x': '' })

  it('is told, and the rest is served', async () => {
    symlinkSync('nowhere', folder.path('zones/db.c.test'))
    folder.write('Corefile', `test {\nauto {\ndirectory ${folder.path('zones')}\n}\n}\n`)
    const program = await serve('--conf', folder.path('Corefile'))
    expect((await dig(program.port(), 'a.test', 'SOA')).status).to.equal('NOERROR')
    const lines = program.lines.filter((line) => line.startsWith('[WARNING]')).map(folder.relative)
    const path = 'zones/db.c.test'
    expect(lines).to.deep.equal([
      `[WARNING] plugin/auto: Opening ${path} failed: open ${path}: no such file or directory`,
    ])
  })
})

describe('a zone of another server, at the real program', () => {
  const { serve } = programs()
  const folder = testFolder({})
  const started: Authority[] = []
  afterEach(async () => {
    for (const authority of started.splice(0)) await authority.stop()
  })

  const authorities = [
    { name: 'Knot DNS', start: startKnot },
    { name: 'NSD', start: startNsd },
  ]
  for (const { name, start } of authorities) {
    it(`is transferred from ${name}, answered alike, and had anew when ${name} says so`, async () => {
      const [port] = await freePorts()
      const file = folder.path('db')
      // Long enough that nothing but NOTIFY brings a new version.
      folder.write('db', zoneText)
      const there = await start({ folder: folder.path(), zone, file, secondary: port })
      started.push(there)
      folder.write('Corefile', `${zone} {\nsecondary {\ntransfer from 127.0.0.1:${there.port}\n}\n}\n`)
      const program = await serve('--conf', folder.path('Corefile'), '--listen', `127.0.0.1:${port}`)
      await program.line(/plugin\/secondary: Transferred: example\.org\. from 127\.0\.0\.1:\d+$/)
      const differences: unknown[] = []
      for (const question of questions(zoneText)) {
        const [ours, theirs] = [essence(await exchange(port, question)), essence(await there.ask(question))]
        if (JSON.stringify(ours) !== JSON.stringify(theirs)) differences.push({ question, ours, theirs })
      }
      expect(differences).to.deep.equal([])
      folder.replace('db', zoneText.replace('2026112301', '2026112302').replace('192.0.2.25', '192.0.2.26'))
      there.reload()
      await until(async () => {
        const { answer } = await dig(port, 'mail.example.org')
        return answer[0]?.endsWith('192.0.2.26') === true
      }, 'the new address')
      await program.line(/plugin\/secondary: Notify from 127\.0\.0\.1 for example\.org\.: checking transfer$/)
    }).timeout(60_000)
  }

  it('is handed on by AXFR, and its members are had from a catalog of Knot DNS', async () => {
    const [port, other] = await freePorts()
    const catalog = `$ORIGIN catalog.test.\n@ 0 SOA invalid. invalid. 1 3600 600 86400 0\n@ 0 NS invalid.\nversion 0 TXT "2"\nm.zones 0 PTR example.org.\n`
    folder.write('db', zoneText)
    folder.write('catalog', catalog)
    const files = { 'example.org.': folder.path('db'), 'catalog.test.': folder.path('catalog') }
    const there = await startKnot({
      folder: folder.path(),
      zone,
      file: files[zone],
      secondary: port,
      more: { 'catalog.test.': files['catalog.test.'] },
    })
    started.push(there)
    const corefile = `.:${port} {\nsecondary catalog.test {\ntransfer from 127.0.0.1:${there.port}\ncatalog\n}\ntransfer {\nto *\n}\n}\n`
    folder.write('Corefile', corefile)
    const program = await serve('--conf', folder.path('Corefile'), '--listen', `127.0.0.1:${port}`)
    await program.line(/Added catalog member zone example\.org\. from catalog catalog\.test\.$/)
    await program.line(/Transferred: example\.org\./)
    expect((await dig(port, 'mail.example.org')).answer).to.deep.equal(['mail.example.org. 5400 IN A 192.0.2.25'])
    const next = await startKnotSecondary({ folder: folder.path(), zone, port: other, primary: port })
    started.push(next)
    expect((await next.ask('mail.example.org. A')).answer.flatMap(formatRRset)).to.deep.equal([
      'mail.example.org. 5400 IN A 192.0.2.25',
    ])
  }).timeout(60_000)
})
