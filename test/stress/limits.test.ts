/**
 * The bundle within the limits that CoreDNS's Helm chart sets, with its Corefile as far as we have the directives, and a
 * cluster of 1,000 Services and 10,000 endpoints: start, load, reload, and everything listed anew.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { bundle } from '../../scripts/bundle.ts'
import { rcodeName } from '../../src/dns/iana.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { pluginOrder } from '../../src/plugins/order.ts'
import { moved } from '../e2e/distributions.ts'
import { startUpstream, type Upstream } from '../e2e/upstream.ts'
import { testAuthority } from '../support/api-server/certificates.ts'
import { sampleService, sampleSlice } from '../support/api-server/sample.ts'
import { get, probe } from '../support/http.ts'
import { freePorts } from '../support/ports.ts'
import { encodeQuery } from '../support/serve.ts'
import {
  type Confined,
  capability,
  limits,
  meansHere,
  peakOf,
  setCapability,
  startConfined,
  statusOf,
  user,
} from './confined.ts'

const size = { services: 1000, endpoints: 10_000 }
const endpointsPerSlice = 100

/** Modest, for a tenth of a core. */
const queriesPerSecond = 200

/** The least patient probes that a distribution has: k3s, k0s. */
const probes = { periodMs: 2000, timeoutMs: 1000 }

const isLinux = process.platform === 'linux'
const means = isLinux ? meansHere() : { controlGroup: false, readOnly: false, user: false, fileCapability: false }
const missing = [
  ...(means.controlGroup ? [] : ['no control group: the peak of resident memory is looked at, CPU is not limited']),
  ...(means.readOnly ? [] : ['no read-only file system']),
  ...(means.user ? [] : [`not as user ${user}`]),
  ...(means.fileCapability ? [] : ['no file capability']),
]
const has = (directive: string): boolean => pluginOrder.find(({ name }) => name === directive)?.setup !== undefined

describe(`within the limits of CoreDNS's Helm chart${missing.length === 0 ? '' : ` (here: ${missing.join('; ')})`}`, () => {
  let folder: string
  let api: ChildProcess
  let apiUrl: string
  let upstream: Upstream
  let server: Confined
  let dns: { address: string; port: number }
  let corefile: string
  const lines: string[] = []
  const watched = { probes: 0, failed: [] as string[] }
  let watch: NodeJS.Timeout | undefined

  before(async function startAll() {
    if (!isLinux) this.skip()
    folder = mkdtempSync(join(tmpdir(), 'cluster-dns-limits-'))
    chmodSync(folder, 0o755)
    ;({ api, url: apiUrl } = await startApi(join(folder, 'kubeconfig')))
    upstream = await startUpstream({ address: '127.0.0.1', port: 0 }, [], testAuthority().issueServer())

    const node = join(folder, 'node')
    copyFileSync(process.execPath, node)
    chmodSync(node, 0o755)
    if (means.fileCapability) setCapability(node)
    const { file } = await bundle(join(folder, 'dist'))

    const [health, ready] = await freePorts()
    const [free, metrics] = await freePorts()
    // Port 53 where the capability opens it, at an address of this process's own.
    dns = means.user
      ? { address: `127.54.${(process.pid >> 8) & 0xff}.${process.pid & 0xff}`, port: 53 }
      : { address: '127.0.0.1', port: free }
    const address = `${upstream.address}:${upstream.port}`
    const addresses = { upstream: address, upstreamOverTls: address, resolvConf: address }
    corefile = join(folder, 'Corefile')
    writeFileSync(corefile, corefileOfChart({ root: folder, dns: dns.port, health, ready, metrics, ...addresses }))

    const listen = `${dns.address}:${dns.port}`
    server = startConfined([node, file, 'serve', '--conf', corefile, '--listen', listen], means)
    for (const stream of [server.child.stdout, server.child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => lines.push(line))
    }
    const endpoints = [`http://127.0.0.1:${health}/health`, `http://127.0.0.1:${ready}/ready`]
    await until(async () => (await Promise.all(endpoints.map(probe))).every((each) => each === '200 OK'), 'it is ready')
    watch = setInterval(() => {
      for (const endpoint of endpoints) void watchOnce(endpoint)
    }, probes.periodMs)
  })

  after(async () => {
    clearInterval(watch)
    await server?.end()
    api?.kill()
    await upstream?.stop()
    if (folder !== undefined) rmSync(folder, { recursive: true })
  })

  it('starts, as what it is meant to be', async () => {
    const status = statusOf(pid())
    const only = (1 << 10).toString(16).padStart(16, '0') // CAP_NET_BIND_SERVICE, capability.h
    if (means.user) {
      expect(status.get('Uid')).to.equal(Array(4).fill(user).join('\t'))
      expect(status.get('NoNewPrivs')).to.equal('1')
      for (const set of ['CapEff', 'CapPrm', 'CapBnd']) expect(status.get(set), `${set}: ${capability}`).to.equal(only)
    }
    if (means.readOnly) {
      const writable = readFileSync(`/proc/${pid()}/mounts`, 'utf8')
        .split('\n')
        .filter((line) => / \/(tmp)? \S+ rw/.test(line))
      expect(writable).to.deep.equal([])
    }
    await expectRightAnswers(20)
  })

  it('answers under load', async () => {
    await expectRightAnswers(queriesPerSecond * 5)
  })

  it('reloads its Corefile', async function () {
    if (!has('reload')) this.skip() // until the directive is there
    const text = readFileSync(corefile, 'utf8')
    writeFileSync(corefile, text.replace('kubernetes cluster.local ', 'kubernetes cluster.local second.local '))
    process.kill(pid(), 'SIGUSR1')
    await until(async () => (await ask(`${nameOf(0)}second.local. A`)).answers.join() === addressOf(0), 'the new zone')
    await expectRightAnswers(queriesPerSecond)
  })

  it('follows a cluster that has to be listed anew', async () => {
    const pointer = `${firstEndpoint().split('.').reverse().join('.')}.in-addr.arpa. PTR`
    expect((await ask(pointer)).answers).to.have.length(1)
    // What only new lists tell: the first endpoint of each slice is gone.
    await control('freeze?events=lost')
    await control('changes?perSecond=1000')
    await until(async () => (await control('status')).changes.made >= size.endpoints / endpointsPerSlice, 'the changes')
    await control('changes?perSecond=0')
    await control('compact')
    await control('thaw')
    await control('error?code=410')
    await until(async () => (await ask(pointer)).answers.length === 0, 'the new lists')
    await expectRightAnswers(queriesPerSecond)
  })

  it('never fails a probe, and takes no more memory than it may', async () => {
    // One more round, behind all that was done.
    const seen = watched.probes
    await until(async () => watched.probes >= seen + 4, 'the last probes')
    expect(watched.failed).to.deep.equal([])
    expect(peakOf(pid()), lines.join('\n')).to.be.greaterThan(0).and.at.most(limits.memoryOctets)
    expect(server.child.exitCode).to.equal(null)
  })

  function pid(): number {
    expect(server.child.exitCode ?? server.child.signalCode, lines.join('\n')).to.equal(null)
    return server.child.pid ?? 0
  }

  async function watchOnce(url: string): Promise<void> {
    const late = sleep(probes.timeoutMs, 'late', { ref: false })
    const result = await Promise.race([probe(url), late])
    watched.probes++
    if (result !== '200 OK') watched.failed.push(`${url}: ${result}`)
  }

  async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
    for (const end = performance.now() + 40_000; !(await condition()); await sleep(50)) {
      pid()
      if (performance.now() > end) throw new Error(`waited in vain until ${what}:\n${lines.join('\n')}`)
    }
  }

  /** Asks for so many Services in turn, evenly, and looks at every answer. */
  async function expectRightAnswers(count: number): Promise<void> {
    const asked: Promise<void>[] = []
    for (let index = 0; index < count; index++) {
      asked.push(expectRightAnswer(index))
      if (index % 10 === 9) await sleep(10_000 / queriesPerSecond)
    }
    await Promise.all(asked)
  }

  async function expectRightAnswer(index: number): Promise<void> {
    const question = `${nameOf(index)}cluster.local. A`
    expect(await ask(question), question).to.deep.equal({ rcode: 'NOERROR', answers: [addressOf(index)] })
  }

  async function ask(question: string): Promise<{ rcode: string; answers: string[] }> {
    const socket = createSocket('udp4')
    try {
      const answered = once(socket, 'message', { signal: AbortSignal.timeout(10_000) })
      socket.send(encodeQuery(question), dns.port, dns.address)
      const [octets] = await answered
      const { rcode, answer } = decodeMessage(octets)
      const answers = answer.flatMap(({ rdata }) =>
        rdata.map((each) => ('address' in each ? each.address : JSON.stringify(each))),
      )
      return { rcode: rcodeName(rcode), answers }
    } finally {
      socket.close()
    }
  }

  async function control(what: string): Promise<{ changes: { made: number } }> {
    const { status, body } = await get(`${apiUrl}/control/${what}`, what === 'status' ? 'GET' : 'POST')
    expect(status, body).to.equal(200)
    return JSON.parse(body)
  }
})

/** The chart's, at other places, with the cluster of a kubeconfig, and without what we have no directive for yet. */
function corefileOfChart(places: Parameters<typeof moved>[1]): string {
  const text = readFileSync(join(import.meta.dirname, '../corefile/distributions/helm.Corefile'), 'utf8')
  const absent = pluginOrder.filter(({ setup }) => setup === undefined).map(({ name }) => name)
  return moved(text, places)
    .split('\n')
    .filter((line) => !absent.some((name) => line.trim().split(' ')[0] === name))
    .map((line) => (line.includes(' kubernetes ') ? `${line}\n        kubeconfig ${places.root}/kubeconfig` : line))
    .join('\n')
}

/** The double in a process of its own, so that its work is none of what is limited or measured. */
async function startApi(kubeconfig: string): Promise<{ api: ChildProcess; url: string }> {
  const main = join(import.meta.dirname, '../support/api-server/main.ts')
  const slices = ['--per-slice', String(endpointsPerSlice)]
  const sizes = ['--services', String(size.services), '--endpoints', String(size.endpoints), ...slices]
  const api = spawn(process.execPath, [main, ...sizes, '--kubeconfig', kubeconfig], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: api.stdout }), 'line')
  const { url } = JSON.parse(line) as { url: string }
  return { api, url }
}

function nameOf(index: number): string {
  const { name, namespace } = sampleService(index % size.services).metadata
  return `${name}.${namespace}.svc.`
}

function addressOf(index: number): string {
  const { spec } = sampleService(index % size.services) as { spec?: { clusterIP: string } }
  return spec?.clusterIP ?? ''
}

/** Of the first slice of the sample. */
function firstEndpoint(): string {
  const { endpoints } = sampleSlice(sampleService(0), endpointsPerSlice) as { endpoints?: readonly Endpoint[] }
  return endpoints?.[0]?.addresses[0] ?? ''
}

interface Endpoint {
  readonly addresses: readonly string[]
}
