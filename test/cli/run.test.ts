import { writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { reloadOf } from '../../src/cli/run.ts'
import type { ListenAddress } from '../../src/transport/listener.ts'
import { apiNamespace, apiService } from '../support/api-objects.ts'
import { ApiServer } from '../support/api-server/api-server.ts'
import { probe } from '../support/http.ts'
import { freePorts } from '../support/ports.ts'
import { type QueryLoad, startLoad } from '../support/query-load.ts'
import { buildDirectives } from '../support/settings.ts'
import { until } from '../transport/until.ts'
import { type Running, shop, start, testFolder } from './run.ts'

const web = 'web.shop.svc.cluster.local.'

describe('run: of several `reload` in a process', () => {
  const reloads = (...directives: string[]) => {
    const settings = directives.map((directive) => buildDirectives(directive).settings)
    return reloadOf({ blocks: settings.map((each) => (each === undefined ? {} : { settings: each })) })
  }

  it('the last one counts', () => {
    expect(reloads('reload 10s 0s', 'reload 20s 2s', 'log')).to.deep.equal({ intervalMs: 20_000, jitterMs: 2000 })
  })

  it('none: nobody looks', () => expect(reloads('log')).to.equal(undefined))
})

describe('run: a Corefile that changes while it is served', () => {
  const folder = testFolder({ Corefile: '' })
  let running: Running | undefined
  const loads: QueryLoad[] = []

  afterEach(async () => {
    for (const load of loads.splice(0)) await load.end().catch(() => {})
    running?.stop()
    await running?.ended
    running = undefined
  })

  const write = (corefile: string) => writeFileSync(folder.path('Corefile'), corefile)

  /** Serves it and waits until queries are answered. */
  async function serve(corefile: string, ...args: readonly string[]): Promise<Running> {
    write(corefile)
    const begun = start('serve', '--conf', folder.path('Corefile'), ...args)
    running = begun
    await until(() => begun.err.length > 0 || begun.out.some((line) => line.startsWith('listening on tcp')))
    expect(begun.err).to.deep.equal([])
    return begun
  }

  /** Has it read again, and gives what is said until that has been done, or not. */
  async function reload(begun: Running, corefile: string): Promise<readonly string[]> {
    write(corefile)
    const before = begun.out.length
    begun.signal('SIGUSR1')
    const said = () => begun.out.slice(before)
    await until(() => said().some((line) => /Reloading complete|\[ERROR\] SIGUSR1/.test(line)))
    return said().map(folder.relative)
  }

  function addressOf(begun: Running): ListenAddress {
    const [, port] =
      begun.out.map((line) => /^listening on udp .*:(\d+)$/.exec(line)).find((match) => match !== null) ?? []
    return { address: '127.0.0.1', port: Number(port) }
  }

  async function load(at: ListenAddress, question = `${web} A`): Promise<QueryLoad> {
    const started = await startLoad(at, question)
    loads.push(started)
    return started
  }

  /** What comes of one question. */
  async function ask(at: ListenAddress, question = `${web} A`): Promise<string> {
    const asking = await load(at, question)
    await until(() => Object.keys(asking.outcomes).length > 0)
    await asking.end()
    return Object.keys(asking.outcomes).join()
  }

  const anywhere = ['--listen', '127.0.0.1:0'] as const
  const done = ['[INFO] SIGUSR1: Reloading', '[INFO] Reloading', '[INFO] Reloading complete']

  it('loses no query, whatever number of times it does', async () => {
    const begun = await serve('cluster.local {\nkubernetes\n}\n', ...anywhere, '-f', shop)
    const asking = await load(addressOf(begun))
    for (let time = 0; time < 10; time++) {
      const seen = asking.sent
      const zone = time % 2 === 0 ? 'example.org' : 'cluster.local'
      expect(await reload(begun, `${zone} {\nkubernetes\nloadbalance\n}\n`)).to.deep.equal(done)
      await until(() => asking.sent > seen + 100)
    }
    await asking.end()
    expect(Object.keys(asking.outcomes)).to.have.members(['10.96.0.20', 'REFUSED'])
    expect(Object.values(asking.outcomes).reduce((sum, count) => sum + count, 0)).to.equal(asking.sent)
    expect(
      begun.out.filter((line) => line.includes('manifests: read')),
      'the cluster is kept',
    ).to.have.length(1)
  })

  for (const { title, corefile, error } of [
    {
      title: 'that cannot be parsed',
      corefile: 'cluster.local {\n',
      error: "Corefile:1 - Syntax error: Unexpected token '{', expecting '}'",
    },
    {
      title: 'with a directive that there is not',
      corefile: 'cluster.local {\nkubernets\n}\n',
      error: "Corefile:2 - Error during parsing: Unknown directive 'kubernets', did you mean 'kubernetes'?",
    },
    {
      title: 'with an option that there is not',
      corefile: 'cluster.local {\nkubernetes {\npod insecure\n}\n}\n',
      error: "plugin/kubernetes: Corefile:3 - Error during parsing: unknown property 'pod', did you mean 'pods'?",
    },
  ]) {
    it(`keeps out one ${title}`, async () => {
      const begun = await serve('cluster.local {\nkubernetes\n}\n', ...anywhere, '-f', shop)
      expect(await reload(begun, corefile)).to.deep.equal([
        ...done.slice(0, 2),
        `[ERROR] Restart failed: ${error}`,
        `[ERROR] SIGUSR1: starting with listener file descriptors: ${error}`,
      ])
      expect(await ask(addressOf(begun))).to.equal('10.96.0.20')
      expect(await reload(begun, 'example.org {\nwhoami\n}\n')).to.deep.equal(done)
      expect(await ask(addressOf(begun))).to.equal('REFUSED')
    })
  }

  it('keeps out one whose port is taken, with all that was opened for it', async () => {
    const [port, free] = await freePorts()
    const other = start('serve', '--listen', '127.0.0.1:0', '-f', shop)
    await until(() => other.out.some((line) => line.startsWith('listening on tcp')))
    const at = (where: number) => `. {\nbind 127.0.0.1\nwhoami\n}\n`.replace('.', `.:${where}`)
    const begun = await serve(at(port))
    const taken = addressOf(other).port
    const said = await reload(begun, `a.test:${free} {\nbind 127.0.0.1\nhealth 127.0.0.1:0\n}\n${at(taken)}`)
    expect(said.at(-1)).to.include(`cannot listen on tcp 127.0.0.1:${taken}: address already in use`)
    expect(await ask({ address: '127.0.0.1', port })).to.equal('NOERROR')
    expect((await reload(begun, at(free))).at(-1), 'it is free again').to.equal('[INFO] Reloading complete')
    expect(await ask({ address: '127.0.0.1', port: free })).to.equal('NOERROR')
    other.stop()
    await other.ended
  })

  it('goes from one port to another', async () => {
    const [first, second] = await freePorts()
    const block = (port: number) => `.:${port} {\nbind 127.0.0.1\nwhoami\n}\n`
    const begun = await serve(block(first))
    await reload(begun, block(first) + block(second))
    for (const port of [first, second]) expect(await ask({ address: '127.0.0.1', port })).to.equal('NOERROR')
    await reload(begun, block(second))
    expect(await ask({ address: '127.0.0.1', port: second })).to.equal('NOERROR')
    const next = await start('serve', '--listen', `127.0.0.1:${first}`, '-f', shop)
    await until(() => next.out.some((line) => line.startsWith('listening on tcp')) || next.err.length > 0)
    expect(next.err, 'the port is free').to.deep.equal([])
    next.stop()
    await next.ended
  })

  it('serves a block at one address that was served at all', async function () {
    if (process.platform !== 'linux') this.skip()
    const [port] = await freePorts()
    const begun = await serve(`.:${port} {\nwhoami\n}\n`)
    const bound = `.:${port} {\nbind 127.0.0.1\nwhoami\n}\n`
    expect((await reload(begun, bound)).at(-1)).to.equal('[INFO] Reloading complete')
    expect(await ask({ address: '127.0.0.1', port })).to.equal('NOERROR')
  })

  it('tells over HTTP what is to be told by now', async () => {
    const [first, second] = await freePorts()
    const begun = await serve('. {\nwhoami\n}\n', ...anywhere)
    await reload(begun, `. {\nhealth 127.0.0.1:${first}\nready 127.0.0.1:${second}\nwhoami\n}\n`)
    expect(await probe(`http://127.0.0.1:${first}/health`)).to.equal('200 OK')
    expect(await probe(`http://127.0.0.1:${second}/ready`)).to.equal('200 OK')
    await reload(begun, `. {\nhealth 127.0.0.1:${first}\nwhoami\n}\n`)
    expect(await probe(`http://127.0.0.1:${first}/health`)).to.equal('200 OK')
    expect(await probe(`http://127.0.0.1:${second}/ready`)).to.equal('ECONNREFUSED')
  })

  it('writes lines of the level debug while `debug` is there, and no longer', async () => {
    const manifest = (name: string) => `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name} }\n`
    writeFileSync(folder.path('manifest.yaml'), manifest('first'))
    const begun = await serve(
      '. {\ndebug\nkubernetes cluster.local\n}\n',
      ...anywhere,
      '-f',
      folder.path('manifest.yaml'),
    )
    const linesOf = (level: string) => begun.out.filter((line) => line.startsWith(`[${level}] manifests: `)).length
    expect(linesOf('DEBUG')).to.equal(1)
    await reload(begun, '. {\nkubernetes cluster.local\n}\n')
    const before = linesOf('INFO')
    writeFileSync(
      folder.path('manifest.yaml'),
      `${manifest('second')}---\napiVersion: v1\nkind: Namespace\nmetadata: { name: new }\n`,
    )
    await until(() => linesOf('INFO') > before)
    expect(linesOf('DEBUG')).to.equal(1)
  })

  describe('of a live cluster', () => {
    let api: ApiServer
    beforeEach(async () => {
      api = await ApiServer.start()
      api.load([apiNamespace('shop'), apiService('shop/web', { clusterIP: '10.96.0.20', ports: [{ port: 80 }] })])
    })
    afterEach(() => api.stop())

    const corefile = (...lines: readonly string[]) =>
      `cluster.local {\nkubernetes {\n${[`endpoint ${api.url}`, ...lines].join('\n')}\n}\n}\n`
    const lists = () => api.requests.filter(({ verb }) => verb === 'list').length

    it('keeps what it has read, where as much is needed', async () => {
      const begun = await serve(corefile(), ...anywhere)
      const before = lists()
      expect(await reload(begun, corefile('ttl 30', 'pods insecure'))).to.deep.equal(done)
      expect(lists()).to.equal(before)
      api.put(apiService('shop/web', { clusterIP: '10.96.0.21', ports: [{ port: 80 }] }))
      const asking = await load(addressOf(begun))
      await until(() => asking.outcomes['10.96.0.21'] !== undefined)
    })

    it('reads it anew where more is needed, and loses no query meanwhile; the old watches end', async () => {
      const begun = await serve(corefile(), ...anywhere)
      const asking = await load(addressOf(begun))
      const said = await reload(begun, corefile('pods verified'))
      expect(said.filter((line) => line.includes('synced with'))).to.have.length(1)
      await api.until(() => api.openWatches('services') === 1 && api.openWatches('pods') === 1)
      const seen = asking.sent
      await until(() => asking.sent > seen + 100)
      await asking.end()
      expect(asking.outcomes).to.deep.equal({ '10.96.0.20': asking.sent })
    })

    it('follows none where none is needed any more', async () => {
      const begun = await serve(corefile(), ...anywhere)
      await reload(begun, 'cluster.local {\nwhoami\n}\n')
      await api.until(() => api.openWatches() === 0)
      expect(await reload(begun, corefile())).to.satisfy((lines: readonly string[]) => lines.at(-1) === done.at(-1))
      expect(await ask(addressOf(begun))).to.equal('10.96.0.20')
    })

    it('goes on as it was where the process is asked to end meanwhile', async () => {
      const begun = await serve(corefile(), ...anywhere)
      api.faults.hang({ verb: 'list', resource: 'pods' })
      write(corefile('pods verified', 'startup_timeout 1h'))
      begun.signal('SIGUSR1')
      await api.until((requests) => requests.some(({ resource }) => resource === 'pods'))
      begun.stop()
      expect(await begun.ended).to.equal(0)
      expect(begun.out.filter((line) => /Restart failed|complete/.test(line))).to.deep.equal([])
    })
  })
})
