import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { fileIo } from '../../src/corefile/io.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { pluginOrder } from '../../src/plugins/order.ts'
import { testAuthority } from '../support/api-server/certificates.ts'
import { get, probe } from '../support/http.ts'
import { freePorts } from '../support/ports.ts'
import { dig } from './dig.ts'
import { type Asked, type Distribution, distributions, moved, outside, type Places } from './distributions.ts'
import { programs, root, shop, until } from './program.ts'
import { startUpstream, type Upstream } from './upstream.ts'

const authority = testAuthority()
const certificate = authority.issueServer()

/** The servers of a resolv.conf are asked on port 53, which not everyone may open. */
const hasPort53 = mayOpenPort53()
const how = hasPort53 ? '' : ', with an upstream in place of /etc/resolv.conf: port 53 is not for this user'

/** Each starts with its distribution's Corefile, on other ports, and answers as that distribution's users are used to. */
describe(`the distributions' Corefiles${how}`, () => {
  const { run } = programs()
  let upstream: Upstream
  let folder: string
  before(async () => {
    // With port 53 an address that is this process's alone, so that two runs on one machine do not meet.
    const address = `127.53.${(process.pid >> 8) & 0xff}.${process.pid & 0xff}`
    const place = hasPort53 ? { address, port: 53 } : { address: '127.0.0.1', port: 0 }
    upstream = await startUpstream(place, outside, certificate)
  })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cluster-dns-e2e-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  after(() => upstream.stop())

  for (const distribution of distributions) {
    it(`${distribution.title}: loads, serves and answers`, async function () {
      const places = await placesIn(folder, upstream)
      const corefile = install(distribution, places, upstream)
      // A directive that is not there yet: the test begins when it is.
      if (missing(corefile).length > 0) this.skip()

      const program = run('serve', '--conf', corefile, '-f', shop)
      await until(() => program.child.exitCode !== null || isServing(distribution, places), 'the endpoints')
      expect(program.child.exitCode, program.lines.join('\n')).to.equal(null)
      for (const asked of distribution.asked) await check(asked, places.dns, upstream)
    })
  }
})

async function placesIn(folder: string, { address, port, tlsPort }: Upstream): Promise<Places> {
  const [dns, health] = await freePorts()
  const [ready, metrics] = await freePorts()
  return {
    root: folder,
    ...{ dns, health, ready, metrics },
    upstream: `${address}:${port}`,
    upstreamOverTls: `tls://${address}:${tlsPort}`,
    resolvConf: port === 53 ? join(folder, 'etc/resolv.conf') : `${address}:${port}`,
  }
}

/** Writes what the distribution's Pods have in /etc, and tells where the Corefile is. */
function install({ name, files = {} }: Distribution, places: Places, { address }: Upstream): string {
  const write = (path: string, text: string): string => {
    const full = join(places.root, path)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, text)
    return full
  }
  write('etc/resolv.conf', `nameserver ${address}\n`)
  write('etc/pki/dns.corp.example-ca-1/ca-bundle.crt', authority.cert)
  for (const [path, text] of Object.entries(files)) write(`etc/coredns/${path}`, moved(text, places))
  const corefile = readFileSync(join(root, `test/corefile/distributions/${name}.Corefile`), 'utf8')
  return write('etc/coredns/Corefile', moved(corefile, places))
}

/** The directives of a Corefile, and of all that it imports, that nothing is set up for yet. */
function missing(path: string): string[] {
  const corefile = parseCorefile(
    readFileSync(path, 'utf8'),
    path,
    fileIo(() => {}),
  )
  const names = new Set(corefile.serverBlocks.flatMap(({ directives }) => directives.map(({ name }) => name)))
  return [...names].filter((name) => pluginOrder.find((entry) => entry.name === name)?.setup === undefined)
}

async function isServing({ endpoints }: Distribution, places: Places): Promise<boolean> {
  const local = 'http://127.0.0.1'
  const checks = {
    health: async () => (await probe(`${local}:${places.health}/health`)) === '200 OK',
    ready: async () => (await probe(`${local}:${places.ready}/ready`)) === '200 OK',
    metrics: async () => {
      const { status, body } = await get(`${local}:${places.metrics}/metrics`).catch(() => ({ status: 0, body: '' }))
      return status === 200 && body.includes('coredns_build_info{')
    },
  }
  for (const endpoint of endpoints ?? (['health', 'ready', 'metrics'] as const)) {
    if (!(await checks[endpoint]())) return false
  }
  return (await isAnswering(places.dns)) && (await isAnswering(places.dns, '+tcp'))
}

async function isAnswering(port: number, ...options: readonly string[]): Promise<boolean> {
  return dig(port, ...options, 'up.example').then(
    () => true,
    () => false,
  )
}

async function check({ title, ask, status, answer, soa, through }: Asked, port: number, from: Upstream): Promise<void> {
  const before = from.asked.length
  const dug = await dig(port, ...ask)
  expect({ status: dug.status, answer: dug.answer }, `${title}: ${dug.text}`).to.deep.equal({
    status: status ?? 'NOERROR',
    answer: answer ?? [],
  })
  if (soa !== undefined) expect(dug.authority.join(), title).to.match(new RegExp(`^${soa} \\d+ IN SOA `))
  if (through === undefined) return
  const [, name] = /^;(\S+)\s+(?:IN|CH)\s/m.exec(dug.text) ?? []
  const transports = from.asked.slice(before).flatMap((each) => (each.name === name ? [each.transport] : []))
  expect(new Set(transports), `${title}: how the upstream was asked`).to.deep.equal(
    new Set(through === 'nobody' ? [] : [through]),
  )
}

function mayOpenPort53(): boolean {
  if (process.platform !== 'linux') return false
  return process.getuid?.() === 0 || Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8')) <= 53
}
