import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { moved } from '../e2e/distributions.ts'
import { testFolder } from '../e2e/folder.ts'
import { Program, until } from '../e2e/program.ts'
import { ApiServer } from '../support/api-server/api-server.ts'
import { probe } from '../support/http.ts'
import { manyFreePorts } from '../support/ports.ts'
import { load } from './load.ts'
import { Prober } from './prober.ts'
import { Upstream } from './upstream.ts'
import { endpoints, rolledEndpoints, services, World } from './world.ts'

/** How long a phase lasts in which something is away, or nothing happens. */
const phaseMs = 1000 * Number(process.env.STORY_PHASE_SECONDS ?? 10)

interface Setting {
  readonly kubeconfig: string
  readonly dns: number
  readonly health: number
  readonly ready: number
  readonly metrics: number
  readonly upstream: number
}

/** As kubeadm writes it. */
const kubeadm = readFileSync(join(import.meta.dirname, '../corefile/distributions/kubeadm.Corefile'), 'utf8')

/** kubeadm's, but for the ports, where the API server is, the upstream's address and how often it is read again. */
function corefileOf({ upstream, kubeconfig, ...ports }: Setting, more = ''): string {
  const at = `127.0.0.1:${upstream}`
  const corefile = moved(kubeadm, { ...ports, root: '', upstream: at, upstreamOverTls: at, resolvConf: at })
    .replace(/^ *kubernetes .*\{$/m, `$&\n       kubeconfig ${kubeconfig}`)
    .replace(/^( *)reload$/m, '$1reload 2s 0s')
  return `${corefile}${more}`
}

describe('an hour of a cluster in a few minutes', () => {
  const folder = testFolder({})

  it('has no answer that is wrong, lost or late', async function () {
    this.timeout(20 * phaseMs + 120_000)
    const [dns = 0, health = 0, ready = 0, metrics = 0, upstreamPort = 0] = await manyFreePorts(5)
    const setting = { dns, health, ready, metrics, upstream: upstreamPort, kubeconfig: folder.path('kubeconfig') }
    const api = await ApiServer.start({ bookmarkIntervalMs: 1000 })
    const world = new World(api)
    folder.write('kubeconfig', kubeconfigOf(api.url))
    folder.write('Corefile', corefileOf(setting))
    folder.write(
      'questions',
      world
        .probes()
        .map(({ question }) => question.replace('. A', ' A'))
        .join('\n'),
    )
    const upstream = new Upstream(folder.path('unbound.conf'), upstreamPort)
    upstream.start()
    const program = new Program(['-conf', folder.path('Corefile')])
    try {
      await program.line(/^CoreDNS-/)
      const isReady = async () => (await probe(`http://127.0.0.1:${ready}/ready`)) === '200 OK'
      await until(isReady, 'readiness')
      const prober = await Prober.open(dns)
      const asking = prober.ask(() => world.probes(), 200)
      const lastsMs = 6 * phaseMs + 10_000
      const loading = load(dns, folder.path('questions'), { seconds: lastsMs / 1000, perSecond: 2000 })
      const began = performance.now()
      await sleep(phaseMs)

      // Two edits of the Corefile, one of them bad.
      folder.write('Corefile', corefileOf(setting, `more.test:${dns} {\n    whoami\n}\n`))
      await program.line(/^\[INFO\] Reloading complete$/)
      folder.write(
        'Corefile',
        corefileOf(setting, `more.test:${dns} {\n    forward . 127.0.0.1 {\n        foo\n    }\n}\n`),
      )
      await program.line(/^\[ERROR\] plugin\/reload: Corefile changed but reload failed: .*unknown property 'foo'/)

      // The API server is away, and comes back with news.
      await api.stop()
      await sleep(phaseMs)
      expect(await isReady(), 'without the API server').to.equal(true)
      await api.restart()
      const news = world.addService('news', '10.97.0.1')
      await prober.until(news)

      // The upstream is away, and comes back.
      world.upstreamBackMs = Number.POSITIVE_INFINITY
      await upstream.kill()
      await sleep(phaseMs)
      upstream.start()
      await prober.until(world.anyOutside())
      world.upstreamBackMs = performance.now()

      // A rolling update of every endpoint of a hundred Services.
      for (let index = 0; index < rolledEndpoints; index++) {
        world.roll(index)
        await sleep(phaseMs / rolledEndpoints)
      }
      await sleep(Math.max(0, lastsMs - (performance.now() - began)))
      const loaded = await loading

      // Lameduck: it is not ready any more, and answers to the end.
      const left = program.stop()
      await program.line(/lameduck mode for 5s$/)
      expect(await isReady(), 'as it leaves').to.equal(false)
      await sleep(4000)
      const tally = await prober.close()
      await asking
      expect(await left).to.deep.equal({ code: 0, signal: null })

      const { asked, wrong, lost, late, complaints } = tally
      console.log(
        `      ${services} Services, ${endpoints + rolledEndpoints} endpoints; dnsperf: ${loaded.sent} queries, ` +
          `${loaded.lost} lost; prober: ${asked} queries, ${wrong} wrong, ${lost} lost, ${late} late`,
      )
      expect({ wrong, lost, late, complaints }).to.deep.equal({ wrong: 0, lost: 0, late: 0, complaints: [] })
      expect(loaded.lost).to.equal(0)
      expect(asked).to.be.greaterThan(1000)
    } catch (error) {
      console.log(program.lines.join('\n'))
      throw error
    } finally {
      program.child.kill('SIGKILL')
      await upstream.kill()
      await api.stop()
    }
  })
})

function kubeconfigOf(server: string): string {
  return `apiVersion: v1
kind: Config
current-context: story
contexts:
  - { name: story, context: { cluster: story, user: dns } }
clusters:
  - { name: story, cluster: { server: '${server}' } }
users:
  - { name: dns, user: {} }
`
}
