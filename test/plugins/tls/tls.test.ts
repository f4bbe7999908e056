import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { expect } from 'chai'
import { rcodeName } from '../../../src/dns/iana.ts'
import { formatRRset } from '../../../src/dns/text/record.ts'
import { decodeMessage } from '../../../src/dns/wire/decode.ts'
import { type Running, run, shop, start, testFolder } from '../../cli/run.ts'
import { query } from '../../dns/messages.ts'
import { octetsOf } from '../../server/harness.ts'
import { testAuthority } from '../../support/api-server/certificates.ts'
import { get, probe } from '../../support/http.ts'
import { manyFreePorts } from '../../support/ports.ts'
import { openClient, type TcpClient } from '../../transport/tcp/client.ts'
import { until } from '../../transport/until.ts'

const web = 'web.shop.svc.cluster.local.'
const address = '127.0.0.1'

/** The whole server, over real sockets. */
describe('plugin tls', () => {
  const folder = testFolder({ Corefile: '' })
  const clients: TcpClient[] = []
  const running: Running[] = []
  let ports: readonly number[]
  let trust: ConnectionOptions

  before(function makeCertificates() {
    this.timeout(30_000)
    writePair()
    writeFileSync(folder.path('ca.pem'), testAuthority().cert)
    trust = { ca: testAuthority().cert }
  })

  beforeEach(async () => {
    ports = await manyFreePorts(4)
  })

  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.destroy()
    for (const each of running.splice(0)) {
      each.stop()
      await each.ended
    }
  })

  /** A certificate and its key, other ones with each call. */
  function writePair(): void {
    const { cert, key } = testAuthority().issueServer()
    writeFileSync(folder.path('cert.pem'), cert)
    writeFileSync(folder.path('key.pem'), key)
  }

  const write = (corefile: string) =>
    writeFileSync(
      folder.path('Corefile'),
      corefile.replace(/\bPORT(\d)/g, (_, index) => String(ports[Number(index)])),
    )

  /** Serves it, `PORT0` and its like standing for free ports, and waits until queries are answered. */
  async function serve(corefile: string, ...args: readonly string[]): Promise<Running> {
    write(corefile)
    const begun = start('serve', '--conf', folder.path('Corefile'), '-f', shop, ...args)
    running.push(begun)
    await until(() => begun.err.length > 0 || begun.out.some((line) => line.startsWith('listening on t')))
    expect(begun.err).to.deep.equal([])
    return begun
  }

  /** Has the Corefile and its files read again; gives the last line of what is said. */
  async function reload(begun: Running, corefile: string): Promise<string> {
    write(corefile)
    const before = begun.out.length
    begun.signal('SIGUSR1')
    const last = () => begun.out.slice(before).find((line) => /Reloading complete|\[ERROR\] SIGUSR1/.test(line))
    await until(() => last() !== undefined)
    return last() ?? ''
  }

  const portAt = (index: number): number => ports[index] ?? 0

  async function client(port: number, tls?: ConnectionOptions): Promise<TcpClient> {
    const opened = await openClient({ address, port }, address, tls)
    clients.push(opened)
    return opened
  }

  /** The rcode, or the first address. */
  async function answer(asker: TcpClient, question = `${web} A`): Promise<string> {
    const octets = await asker.ask(Buffer.from(octetsOf(query(question))).toString('latin1'))
    const message = decodeMessage(Buffer.from(octets, 'latin1'))
    const [first] = message.answer.flatMap(formatRRset)
    return first?.split(' ').at(-1) ?? rcodeName(message.rcode)
  }

  const askTls = async (port: number, question?: string, options: ConnectionOptions = {}) =>
    answer(await client(port, { ...trust, ...options }), question)
  const askPlain = async (port: number, question?: string) => answer(await client(port), question)
  const serialOf = ({ socket }: TcpClient) => (socket as TLSSocket).getPeerCertificate().serialNumber

  const pair = () => `tls ${folder.path('cert.pem')} ${folder.path('key.pem')}`

  it('answers over TLS alone, and says where', async () => {
    const begun = await serve(`tls://cluster.local:PORT0 {\nbind ${address}\nmultisocket 2\n${pair()}\nkubernetes\n}\n`)
    expect(await askTls(portAt(0))).to.equal('10.96.0.20')
    expect(begun.out).to.include(`listening on tls ${address}:${portAt(0)}`)
    expect(begun.out.join('\n')).to.not.match(/listening on (udp|tcp)|plain text/)
    await until(() => begun.out.join('\n').includes(`dig @${address} -p ${portAt(0)} +tls `))
  })

  it('serves plain TCP where it is not there, and says so', async () => {
    const begun = await serve(`tls://cluster.local:PORT0 {\nbind ${address}\nkubernetes\n}\n`)
    expect(await askPlain(portAt(0))).to.equal('10.96.0.20')
    expect(begun.out).to.include(
      `[WARNING] tls://${address}:${portAt(0)}: no server block there has the plugin tls: it is served in plain text`,
    )
  })

  it('serves a block by all of its keys', async () => {
    await serve(`tls://cluster.local:PORT0 cluster.local:PORT1 {\nbind ${address} ::1\n${pair()}\nkubernetes\n}\n`)
    expect(await askTls(portAt(0))).to.equal('10.96.0.20')
    expect(await askPlain(portAt(1))).to.equal('10.96.0.20')
  })

  it('holds for all blocks of a port, of which the last counts', async () => {
    const block = (zone: string, ...lines: readonly string[]) =>
      `tls://${zone}:PORT0 {\nbind ${address}\n${['whoami', ...lines].join('\n')}\n}\n`
    const begun = await serve(block('a.test') + block('b.test', pair()) + block('c.test'))
    for (const zone of ['a', 'b', 'c']) expect(await askTls(portAt(0), `${zone}.test. A`)).to.equal('NOERROR')
    expect(begun.out.join('\n')).to.not.include('plain text')
  })

  it('is of no account to plain DNS', async () => {
    await serve(`cluster.local:PORT0 {\nbind ${address}\n${pair()}\nkubernetes\n}\n`)
    expect(await askPlain(portAt(0))).to.equal('10.96.0.20')
  })

  it('goes with log, prometheus, health, ready and acl', async () => {
    const begun = await serve(`tls://cluster.local:PORT0 {
bind ${address}
${pair()}
log . "{remote} {proto} {name} {rcode}"
health ${address}:PORT1
ready ${address}:PORT2
prometheus ${address}:PORT3
acl a.cluster.local {
block
}
kubernetes
}
`)
    expect(await askTls(portAt(0))).to.equal('10.96.0.20')
    expect(await askTls(portAt(0), 'a.cluster.local. A')).to.equal('REFUSED')
    await until(() => begun.out.includes(`[INFO] ${address} tcp ${web} NOERROR`))
    expect(await probe(`http://${address}:${portAt(1)}/health`)).to.equal('200 OK')
    expect(await probe(`http://${address}:${portAt(2)}/ready`)).to.equal('200 OK')
    const { body: metrics } = await get(`http://${address}:${portAt(3)}/metrics`)
    const server = `server="tls://${address}:${portAt(0)}",zone="cluster.local.",view=""`
    expect(metrics).to.include(`coredns_dns_requests_total{${server},proto="tcp",family="1",type="A"} 2\n`)
    expect(metrics).to.include(`coredns_plugin_enabled{${server},name="kubernetes"} 1\n`)
    expect(metrics).to.match(new RegExp(`coredns_acl_blocked_requests_total{server="tls://${address}:\\d+"`))
  })

  it('goes with timeouts', async () => {
    await serve(`tls://.:PORT0 {\nbind ${address}\n${pair()}\ntimeouts {\nmaxtcpqueries 2\n}\nwhoami\n}\n`)
    const asker = await client(portAt(0), trust)
    for (let time = 0; time < 2; time++) expect(await answer(asker)).to.equal('NOERROR')
    await until(() => asker.isClosed())
  })

  it('asks for the certificates of clients', async () => {
    const mode = `${pair()} ${folder.path('ca.pem')} {\nclient_auth require_and_verify\n}`
    await serve(`tls://.:PORT0 {\nbind ${address}\n${mode}\nwhoami\n}\n`)
    const shown = testAuthority().issueClient('client')
    expect(await askTls(portAt(0), undefined, shown)).to.equal('NOERROR')
    const without = await client(portAt(0), trust).catch(() => undefined)
    without?.send('question')
    await until(() => without === undefined || without.isClosed())
    expect(without?.inbox() ?? []).to.deep.equal([])
  })

  it('writes down the secrets of its connections', async () => {
    const log = folder.path('secrets.log')
    await serve(`tls://.:PORT0 {\nbind ${address}\n${pair()} {\nkeylog ${log}\n}\nwhoami\n}\n`)
    expect(await askTls(portAt(0))).to.equal('NOERROR')
    expect(readFileSync(log, 'utf8')).to.match(/^CLIENT_|^SERVER_/)
  })

  it('answers the plugin forward of another server', async () => {
    const upstream = `tls://cluster.local:PORT0 {\nbind ${address}\n${pair()}\nkubernetes\n}\n`
    const forward = `forward . tls://${address}:PORT0 {\ntls ${folder.path('ca.pem')}\ntls_servername localhost\n}`
    await serve(`${upstream}.:PORT1 {\nbind ${address}\n${forward}\n}\n`)
    expect(await askPlain(portAt(1))).to.equal('10.96.0.20')
  })

  it('is checked without anything being written, and its names are explained', async () => {
    const log = folder.path('unwritten.log')
    write(`tls://cluster.local {\n${pair()} {\nkeylog ${log}\n}\nkubernetes\n}\n`)
    const conf = ['--conf', folder.path('Corefile'), '-f', shop]
    expect(await run('check', ...conf)).to.include({ code: 0, err: '' })
    const explained = await run('explain', web, ...conf)
    expect(explained.out).to.include('10.96.0.20')
    expect(existsSync(log)).to.equal(false)
    writeFileSync(folder.path('key.pem'), testAuthority().issueServer().key)
    const checked = await run('check', ...conf)
    writePair()
    expect(checked.code).to.equal(1)
    expect(folder.relative(checked.err).split('\n')[0]).to.equal(
      'plugin/tls: Corefile:2 - Error during parsing: could not load TLS cert: tls: private key does not match public key',
    )
  })

  it('goes where --listen says for its scheme', async () => {
    const corefile = `tls://cluster.local cluster.local {\n${pair()}\nkubernetes\n}\n`
    const listen = (scheme: string) => ['--listen', `${scheme}${address}:0`]
    const begun = await serve(corefile, ...listen(''), ...listen('tls://'))
    const portOf = (way: string) =>
      Number(begun.out.map((line) => new RegExp(`^listening on ${way} .*:(\\d+)$`).exec(line)?.[1]).find(Boolean))
    await until(() => portOf('tcp') > 0 && portOf('tls') > 0)
    expect(await askTls(portOf('tls'))).to.equal('10.96.0.20')
    expect(await askPlain(portOf('tcp'))).to.equal('10.96.0.20')
  })

  describe('when the Corefile is read again', () => {
    const block = (...lines: readonly string[]) =>
      `tls://cluster.local:PORT0 {\nbind ${address}\nkubernetes\n${lines.join('\n')}\n}\n`
    const done = '[INFO] Reloading complete'

    it('shows another certificate, if there is one; connections stay', async () => {
      const begun = await serve(block(pair()))
      const first = await client(portAt(0), trust)
      expect(await answer(first)).to.equal('10.96.0.20')
      writePair()
      expect(serialOf(await client(portAt(0), trust)), 'before').to.equal(serialOf(first))
      expect(await reload(begun, block(pair()))).to.equal(done)
      const second = await client(portAt(0), trust)
      expect(serialOf(second)).to.not.equal(serialOf(first))
      for (const each of [first, second]) expect(await answer(each)).to.equal('10.96.0.20')
    })

    it('goes from TLS to plain text and back; connections stay', async () => {
      const begun = await serve(block(pair()))
      const secured = await client(portAt(0), trust)
      expect(await reload(begun, block())).to.equal(done)
      const plain = await client(portAt(0))
      for (const each of [secured, plain]) expect(await answer(each)).to.equal('10.96.0.20')
      expect(await reload(begun, block(pair()))).to.equal(done)
      expect(await askTls(portAt(0))).to.equal('10.96.0.20')
      for (const each of [secured, plain]) expect(await answer(each)).to.equal('10.96.0.20')
    })

    it('goes from one scheme to another at one port', async function () {
      if (process.platform !== 'linux') this.skip()
      const begun = await serve(block(pair()))
      expect(await askTls(portAt(0))).to.equal('10.96.0.20')
      const plain = block().replace('tls://', '')
      expect(await reload(begun, plain)).to.equal(done)
      expect(await askPlain(portAt(0))).to.equal('10.96.0.20')
      expect(await reload(begun, block(pair()))).to.equal(done)
      expect(await askTls(portAt(0))).to.equal('10.96.0.20')
    })

    it('stays as it was where the certificate is of no use', async () => {
      const begun = await serve(block(pair()))
      const first = await client(portAt(0), trust)
      writeFileSync(folder.path('cert.pem'), testAuthority().cert)
      expect(await reload(begun, block(pair()))).to.include('tls: private key does not match public key')
      expect(serialOf(await client(portAt(0), trust))).to.equal(serialOf(first))
      writePair()
      expect(await reload(begun, block(pair()))).to.equal(done)
    })
  })
})
