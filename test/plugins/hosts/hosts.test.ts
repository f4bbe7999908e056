import { expect } from 'chai'
import { parseName } from '../../../src/dns/name.ts'
import { HostsFile } from '../../../src/plugins/hosts/hosts-file.ts'
import { clusterIp, manifests } from '../../support/manifests.ts'
import { ManualTimer } from '../../support/manual-timer.ts'
import { memoryFiles } from '../../support/memory-files.ts'
import { type ServeOptions, serveManifests, type TestServer } from '../../support/serve.ts'
import { type QueryCase, soaOf, testQueries } from '../../support/table.ts'

const cluster = manifests(clusterIp('shop/web', '10.0.0.1'))
const file = `
127.0.0.1 localhost Localhost.localdomain # this machine
::1 localhost
10.1.0.1 a.test b.test
10.1.0.2 a.test
fd00::1%eth0 a.test
10.1.0.3 web.shop.svc.cluster.local
::ffff:10.1.0.4 mapped.test
10.1.0.5 *.wild.test own.wild.test
fd00::5 *.wild.test
# 10.9.9.9 commented.test
bad line.test
10.1.0.6
10.1.0.300 toobig.test
10.1.0.7 not..a.name good.test
`
const defaultFiles = { '/etc/hosts': '10.2.0.1 pod.test\n', nodehosts: file }

/** @param hosts the directive behind its name */
function serve(hosts: string, files: ServeOptions['files'] = defaultFiles, zone = '.'): TestServer {
  return serveManifests(cluster, `${zone} {\nhosts ${hosts}\nkubernetes cluster.local\n}\n`, { files: { ...files } })
}

const a = (name: string, ...addresses: string[]): QueryCase => ({
  title: `${name} A`,
  ask: `${name} A`,
  answer: addresses.map((address) => `${name} 3600 IN A ${address}`),
})
const aaaa = (name: string, ...addresses: string[]): QueryCase => ({
  title: `${name} AAAA`,
  ask: `${name} AAAA`,
  answer: addresses.map((address) => `${name} 3600 IN AAAA ${address}`),
})
const nodata = (ask: string): QueryCase => ({ title: `${ask}: nothing`, ask })
const failed = (ask: string): QueryCase => ({ title: `${ask}: SERVFAIL`, ask, rcode: 'SERVFAIL', flags: ['qr'] })
const ptr = (name: string, ...names: string[]): QueryCase => ({
  title: `${name} PTR`,
  ask: `${name} PTR`,
  answer: names.map((each) => `${name} 3600 IN PTR ${each}`),
})

describe('hosts: a file', () => {
  testQueries(
    () => serve('nodehosts'),
    [
      a('a.test.', '10.1.0.1', '10.1.0.2'),
      aaaa('a.test.', 'fd00::1'),
      a('localhost.', '127.0.0.1'),
      a('localhost.localdomain.', '127.0.0.1'),
      aaaa('localhost.', '::1'),
      a('b.test.', '10.1.0.1'),
      nodata('b.test. AAAA'),
      nodata('a.test. MX'),
      a('mapped.test.', '10.1.0.4'),
      nodata('mapped.test. AAAA'),
      a('good.test.', '10.1.0.7'),
      { ...a('web.shop.svc.cluster.local.', '10.1.0.3'), title: 'it goes before the cluster' },
      a('x.wild.test.', '10.1.0.5'),
      aaaa('x.wild.test.', 'fd00::5'),
      a('*.wild.test.', '10.1.0.5'),
      a('own.wild.test.', '10.1.0.5'),
      aaaa('own.wild.test.', 'fd00::5'),
      nodata('x.wild.test. TXT'),
      failed('wild.test. A'),
      { ...failed('machine. A'), title: 'what stands in a comment is no name' },
      failed('x.y.wild.test. A'),
      failed('commented.test. A'),
      failed('line.test. A'),
      failed('toobig.test. A'),
      failed('nope.test. A'),
      failed('nope.test. MX'),
      failed('test. A'),
      failed('. A'),
      failed('nope.shop.svc.cluster.local. A'),
      ptr('1.0.1.10.in-addr.arpa.', 'a.test.', 'b.test.'),
      ptr(`1.${'0.'.repeat(27)}0.0.d.f.ip6.arpa.`, 'a.test.'),
      ptr('4.0.1.10.in-addr.arpa.', 'mapped.test.'),
      ptr('5.0.1.10.in-addr.arpa.', 'own.wild.test.'),
    ],
  )

  it('A for letters of any case, in the letters of the client', async () => {
    expect((await serve('nodehosts').exchange('A.Test. A')).question?.spelling).to.equal('A.Test.')
    expect((await serve('nodehosts').ask('A.Test. A')).answer).to.have.lengthOf(2)
  })
})

describe('hosts: lines in the Corefile', () => {
  const inline =
    '{\n10.3.0.1 a.test\n10.3.0.1 a.test b.test # comment\nfd00::3 a.test\n10.3.0.9 *.test\nttl 60\nfallthrough\n}'

  it('come behind those of the file, each address once', async () => {
    const { answer } = await serve(`nodehosts ${inline}`).ask('a.test. A')
    expect(answer).to.deep.equal(['10.1.0.1', '10.1.0.2', '10.3.0.1'].map((address) => `a.test. 60 IN A ${address}`))
    expect((await serve(`nodehosts ${inline}`).ask('b.test. A')).answer).to.have.lengthOf(2)
  })

  it('stand beside /etc/hosts where no file is named', async () => {
    const server = serve(inline)
    expect((await server.ask('a.test. A')).answer).to.deep.equal(['a.test. 60 IN A 10.3.0.1'])
    expect((await server.ask('pod.test. A')).answer, 'with a * of its own').to.deep.equal([
      'pod.test. 60 IN A 10.2.0.1',
      'pod.test. 60 IN A 10.3.0.9',
    ])
  })

  it('have names of their addresses', async () => {
    const { answer } = await serve(inline).ask('1.0.3.10.in-addr.arpa. PTR')
    expect(answer).to.deep.equal(['a.test.', 'b.test.'].map((name) => `1.0.3.10.in-addr.arpa. 60 IN PTR ${name}`))
  })

  it('that begin with no address are passed over, with a warning', async () => {
    const { lines } = serve('{\n10.3.0.1 a.test\ntll 60\nfallthrough\n}')
    expect(lines).to.deep.equal([
      "[WARNING] plugin/hosts: Corefile:4: passed over, for 'tll' is neither an address nor an option",
    ])
  })
})

describe('hosts: options', () => {
  const below = ['web.shop.svc.cluster.local. A', 'web.shop.svc.cluster.local. 5 IN A 10.0.0.1'] as const
  const files = { nodehosts: '10.1.0.1 a.test svc.cluster.local\n' }

  it('without fallthrough, what is not known is SERVFAIL', async () => {
    expect((await serve('nodehosts', files).ask(below[0])).rcode).to.equal('SERVFAIL')
  })

  it('fallthrough: what is not known is passed on', async () => {
    expect((await serve('nodehosts {\nfallthrough\n}', files).ask(below[0])).answer).to.deep.equal([below[1]])
  })

  it('fallthrough ZONES: only there', async () => {
    const server = serve('nodehosts {\nfallthrough shop.svc.cluster.local\n}', files)
    expect((await server.ask(below[0])).answer).to.deep.equal([below[1]])
    expect((await server.ask('other.svc.cluster.local. A')).rcode).to.equal('SERVFAIL')
  })

  it('fallthrough: of a name that is known, other types are not passed on', async () => {
    const { rcode, answer, authority } = await serve('nodehosts {\nfallthrough\n}', files).ask('svc.cluster.local. SOA')
    expect({ rcode, answer, authority }).to.deep.equal({ rcode: 'NOERROR', answer: [], authority: [] })
  })

  it('fallthrough_unsupported: they are', async () => {
    const server = serve('nodehosts {\nfallthrough_unsupported\nfallthrough svc.cluster.local\n}', files)
    expect((await server.ask('svc.cluster.local. SOA')).authority).to.deep.equal([soaOf('cluster.local.')])
    expect((await server.ask('svc.cluster.local. AAAA')).authority, 'AAAA is none of these').to.deep.equal([])
    expect((await server.ask('a.test. SOA')).authority, 'not in the zone').to.deep.equal([])
  })

  it('ZONES: other names are not looked for, and passed on', async () => {
    const server = serve('nodehosts test', files)
    expect((await server.ask('a.test. A')).answer).to.have.lengthOf(1)
    expect((await server.ask('svc.cluster.local. A')).authority).to.deep.equal([soaOf('cluster.local.')])
    expect((await server.ask(below[0])).answer).to.deep.equal([below[1]])
    expect((await server.ask('1.0.1.10.in-addr.arpa. PTR')).answer, 'names in the zone alone').to.deep.equal([
      '1.0.1.10.in-addr.arpa. 3600 IN PTR a.test.',
    ])
  })

  it('names of addresses that are not known are passed on, in any case', async () => {
    const corefile = '. {\nhosts nodehosts\nkubernetes cluster.local 10.in-addr.arpa\n}\n'
    const server = serveManifests(cluster, corefile, { files })
    expect((await server.ask('1.0.0.10.in-addr.arpa. PTR')).answer).to.deep.equal([
      '1.0.0.10.in-addr.arpa. 5 IN PTR web.shop.svc.cluster.local.',
    ])
  })

  it('no_reverse: addresses have no names', async () => {
    const corefile = '. {\nhosts nodehosts {\nno_reverse\n}\nwhoami\n}\n'
    const server = serveManifests(cluster, corefile, { files })
    expect((await server.ask('1.0.1.10.in-addr.arpa. PTR')).additional, 'of whoami').to.have.lengthOf(2)
    expect((await server.ask('a.test. A')).answer).to.have.lengthOf(1)
  })

  it('a relative path begins where `root` says', async () => {
    const corefile = '. {\nroot /etc/coredns\nhosts nodehosts\n}\n'
    const server = serveManifests('', corefile, { files: { '/etc/coredns/nodehosts': '10.1.0.1 a.test\n' } })
    expect((await server.ask('a.test. A')).answer).to.deep.equal(['a.test. 3600 IN A 10.1.0.1'])
  })

  it('ttl', async () => {
    const server = serve('nodehosts {\nttl 7\n}', files)
    expect((await server.ask('a.test. A')).answer).to.deep.equal(['a.test. 7 IN A 10.1.0.1'])
    expect((await server.ask('1.0.1.10.in-addr.arpa. PTR')).answer[0]).to.match(/ 7 IN PTR /)
  })

  it('says why', async () => {
    const server = serve('nodehosts', files)
    const told = async (question: string) => (await server.trace(question)).map((step) => [step.code, step.describe()])
    expect(await told('a.test. A')).to.deep.equal([['host', 'nodehosts or the Corefile has this host']])
    expect(await told('a.test. MX')).to.deep.equal([
      ['host-without-type', 'nodehosts or the Corefile has this host, and nothing of the type'],
    ])
    expect(await told('x.test. A')).to.deep.equal([
      ['no-such-host', 'neither nodehosts nor the Corefile has this host, and it is not passed on'],
    ])
  })
})

describe('hosts: a file that changes', () => {
  const block = (more = '') => `nodehosts {\nfallthrough\n${more}\n}`

  /** A server whose timers run, with its file. */
  async function started(hosts: string, text?: string) {
    const files: Record<string, string> = text === undefined ? {} : { nodehosts: text }
    const server = serveManifests(cluster, `. {\nhosts ${hosts}\nkubernetes cluster.local\n}\n`, { files })
    await server.start()
    return { server, files }
  }
  const ask = async (server: TestServer, name: string) =>
    (await server.exchange(`${name} A`)).answer.flatMap((rrset) => (rrset.type === 'A' ? rrset.rdata : []))
  const web = 'web.shop.svc.cluster.local.'

  it('is read again after five seconds, and not before', async () => {
    const { server, files } = await started(block(), '10.1.0.1 a.test\n')
    expect(await ask(server, 'a.test.')).to.deep.equal([{ address: '10.1.0.1' }])
    files.nodehosts = '10.1.0.2 a.test\n'
    server.timer.pass(4999)
    expect(await ask(server, 'a.test.')).to.deep.equal([{ address: '10.1.0.1' }])
    server.timer.pass(1)
    expect(await ask(server, 'a.test.')).to.deep.equal([{ address: '10.1.0.2' }])
    files.nodehosts = '10.1.0.3 a.test\n'
    server.timer.pass(5000)
    expect(await ask(server, 'a.test.')).to.deep.equal([{ address: '10.1.0.3' }])
  })

  it('is read again where its size is another, and its time is not', async () => {
    let text = '10.1.0.1 a.test'
    const stat = () => ({ modifiedMs: 1, size: text.length, isDirectory: false })
    const timer = new ManualTimer()
    const zones = [parseName('.')]
    const config = { file: '/x', zones, inline: [], ttl: 1, hasReverse: true, reloadMs: 5, fallthrough: [] }
    const hosts = new HostsFile({
      config: { ...config, passesOtherTypes: false },
      files: { ...memoryFiles({}), stat, readText: () => text },
      timer,
      onRead: () => {},
      onChange: () => {},
    })
    hosts.start()
    text = '10.1.0.2 a.test b.test'
    timer.pass(5)
    expect(hosts.addressesOf(4, parseName('a.test'))).to.deep.equal(['10.1.0.2'])
    text = '10.1.0.3 a.test b.test'
    timer.pass(5)
    expect(hosts.addressesOf(4, parseName('a.test')), 'neither is').to.deep.equal(['10.1.0.2'])
    hosts.stop()
  })

  it('drops what was passed on, too', async () => {
    const { server, files } = await started(block(), '')
    expect(await ask(server, web)).to.deep.equal([{ address: '10.0.0.1' }])
    files.nodehosts = `10.1.0.2 ${web}\n`
    server.timer.pass(5000)
    expect(await ask(server, web)).to.deep.equal([{ address: '10.1.0.2' }])
  })

  it('reload: that often', async () => {
    const { server, files } = await started(block('reload 1m'), '')
    files.nodehosts = '10.1.0.2 a.test\n'
    server.timer.pass(59_999)
    expect(await ask(server, 'a.test.')).to.deep.equal([])
    server.timer.pass(1)
    expect(await ask(server, 'a.test.')).to.deep.equal([{ address: '10.1.0.2' }])
  })

  it('reload 0: never', async () => {
    const { server, files } = await started(block('reload 0'), '10.1.0.1 a.test\n')
    files.nodehosts = ''
    server.timer.pass(3_600_000)
    expect(await ask(server, 'a.test.')).to.deep.equal([{ address: '10.1.0.1' }])
    expect(server.timer.waiting).to.equal(0)
  })

  it('that comes later is read when it is there', async () => {
    const { server, files } = await started(block())
    expect(server.lines).to.deep.equal(['[WARNING] plugin/hosts: File does not exist: nodehosts'])
    expect(await ask(server, 'a.test.')).to.deep.equal([])
    files.nodehosts = '10.1.0.1 a.test\n'
    server.timer.pass(5000)
    expect(await ask(server, 'a.test.')).to.deep.equal([{ address: '10.1.0.1' }])
  })

  it('that is gone stays as it was read', async () => {
    const { server, files } = await started(block(), '10.1.0.1 a.test\n')
    delete files.nodehosts
    server.timer.pass(5000)
    expect(await ask(server, 'a.test.')).to.deep.equal([{ address: '10.1.0.1' }])
  })

  it('leaves answers in the answer cache while it does not change', async () => {
    const { server } = await started(block(), '10.1.0.1 a.test\n')
    for (let round = 0; round < 3; round++) {
      await ask(server, 'a.test.')
      await ask(server, web)
      server.timer.pass(5000)
    }
    expect(server.misses).to.equal(2)
  })

  it('is no longer looked at when the server stops', async () => {
    const { server } = await started(block(), '')
    expect(server.timer.waiting).to.equal(1)
    server.timer.pass(5000)
    await server.stop()
    expect(server.timer.waiting).to.equal(0)
  })

  it('counts its entries, and tells its time', async () => {
    const { server, files } = await started(
      'nodehosts {\n10.3.0.1 x.test\nfallthrough\n}',
      '10.1.0.1 a.test b.test *.c.test\n',
    )
    const values = () =>
      server.metrics
        .families()
        .flatMap(({ name, series }) =>
          name.startsWith('coredns_hosts_')
            ? [...series.values()].map((each) => [name, each.values, 'value' in each.series && each.series.value])
            : [],
        )
    const modified = values()[1]?.[2]
    expect(values()).to.deep.equal([
      ['coredns_hosts_entries', ['nodehosts'], 3 + 2 + 2],
      ['coredns_hosts_reload_timestamp_seconds', [], modified],
    ])
    files.nodehosts = '10.1.0.1 a.test\n'
    server.timer.pass(5000)
    expect(values()).to.deep.equal([
      ['coredns_hosts_entries', ['nodehosts'], 2 + 2],
      ['coredns_hosts_reload_timestamp_seconds', [], Number(modified) + 1],
    ])
  })
})
