import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { type AdminOptions, AdminServer } from '../../src/admin/admin-server.ts'
import { ClusterStore } from '../../src/cluster/store.ts'
import { wildcardAddress } from '../../src/server/addresses.ts'
import { ListenError } from '../../src/transport/listener.ts'
import { systemClock } from '../../src/util/clock.ts'
import { createLogger } from '../../src/util/log.ts'
import { buildEndpoints, unsyncedCluster } from '../support/endpoints.ts'
import { get, probe } from '../support/http.ts'
import { freePorts } from '../support/ports.ts'
import { until } from '../transport/until.ts'

describe('AdminServer', () => {
  const opened: AdminServer[] = []
  let lines: string[] = []

  afterEach(async () => {
    lines = []
    for (const admin of opened.splice(0)) await admin.stop()
  })

  function create(corefile: string, cluster?: ClusterStore, options: Partial<AdminOptions> = {}): AdminServer {
    const log = createLogger((line) => lines.push(line), 'debug')
    const admin = new AdminServer(buildEndpoints(corefile, cluster), { log, clock: systemClock, ...options })
    opened.push(admin)
    return admin
  }

  /** Starts it, and gives the URL of each kind of endpoint; the last one of several. */
  async function start(corefile: string, cluster?: ClusterStore, options?: Partial<AdminOptions>) {
    const admin = create(corefile, cluster, options)
    await admin.start()
    const url = (kind: 'health' | 'ready') => admin.endpoints.findLast((endpoint) => endpoint.kind === kind)?.url ?? ''
    return { admin, health: url('health'), ready: url('ready') }
  }

  const both = '. {\nhealth 127.0.0.1:0\nready 127.0.0.1:0\nkubernetes cluster.local\n}\n'

  it('opens nothing where nothing is asked for', async () => {
    const { admin } = await start('. {\nwhoami\n}\n')
    expect(admin.endpoints).to.deep.equal([])
    admin.serving()
    await admin.leave()
    await admin.stop()
    expect(lines).to.deep.equal([])
  })

  it('says where the endpoints are', async () => {
    const { health, ready } = await start(both)
    expect(health).to.match(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/health$/)
    expect(ready).to.match(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/ready$/)
    expect(lines).to.have.members([`[INFO] plugin/health: ${health}`, `[INFO] plugin/ready: ${ready}`])
  })

  it('is healthy from the start, and ready once queries are answered and every plugin is ready', async () => {
    const cluster = unsyncedCluster()
    const { admin, health, ready } = await start(both, cluster)
    expect(await probe(health)).to.equal('200 OK')
    expect(await probe(ready)).to.equal('503 kubernetes')
    expect(lines.at(-1)).to.equal('[INFO] plugin/ready: Plugins not ready: "kubernetes"')
    admin.serving()
    expect(await probe(ready), 'queries are answered before all is read').to.equal('503 kubernetes')
    cluster.synced()
    expect(await probe(ready)).to.equal('200 OK')
    expect(await probe(health)).to.equal('200 OK')
  })

  it('is not ready before queries are answered, though every plugin is', async () => {
    const { admin, ready } = await start(both)
    expect(await probe(ready)).to.equal('503 Starting')
    admin.serving()
    expect(await probe(ready)).to.equal('200 OK')
  })

  for (const [monitor, expected] of [
    ['until-ready', '200 OK'],
    ['continuously', '503 kubernetes'],
  ] as const) {
    it(`monitor ${monitor}: ${expected} once a plugin is ready no longer`, async () => {
      const cluster = new ClusterStore(systemClock)
      const block = `. {\nready 127.0.0.1:0 {\nmonitor ${monitor}\n}\nkubernetes cluster.local\n}\n`
      const { admin, ready } = await start(block, cluster)
      admin.serving()
      expect(await probe(ready)).to.equal('200 OK')
      cluster.expectSync()
      expect(await probe(ready)).to.equal(expected)
    })
  }

  it('says of every block that has the directive, at each address, and of no other', async () => {
    const cluster = unsyncedCluster()
    const [, port] = await freePorts()
    const { admin, ready } = await start(
      `a {\nready 127.0.0.1:0\nwhoami\n}\nb {\nready 127.0.0.1:${port}\nkubernetes b\n}\n`,
      cluster,
    )
    admin.serving()
    const urls = admin.endpoints.map(({ url }) => url)
    expect(urls).to.have.length(2).and.include(ready)
    for (const url of urls) expect(await probe(url)).to.equal('503 kubernetes')

    const other = await start('a {\nready 127.0.0.1:0\nwhoami\n}\nb {\nkubernetes b\n}\n', cluster)
    other.admin.serving()
    expect(await probe(other.ready)).to.equal('200 OK')
  })

  it('opens an address once, whatever number of blocks and directives name it', async () => {
    const [port] = await freePorts()
    const at = `127.0.0.1:${port}`
    const { admin } = await start(
      `a {\nhealth ${at}\nready ${at}\nwhoami\n}\nb {\nhealth ${at}\nready ${at}\nwhoami\n}\n`,
    )
    admin.serving()
    expect(admin.endpoints.map(({ url }) => url).sort()).to.deep.equal([`http://${at}/health`, `http://${at}/ready`])
    for (const path of ['health', 'ready']) expect(await probe(`http://${at}/${path}`)).to.equal('200 OK')
  })

  it('knows a block that is served in several places once', () => {
    expect(buildEndpoints('a:1 b:2 c:1 {\nhealth\nwhoami\n}\n')).to.have.length(1)
  })

  for (const host of ['', '0.0.0.0', '[::]']) {
    it(`'${host}' is every address`, async () => {
      const [port] = await freePorts()
      await start(`. {\nhealth ${host}:${port}\n}\n`)
      const families = wildcardAddress() === '::' ? ['127.0.0.1', '[::1]'] : ['127.0.0.1']
      for (const address of families) expect(await probe(`http://${address}:${port}/health`)).to.equal('200 OK')
    })
  }

  const often = { intervalMs: 1, slowMs: 0, timeoutMs: 60_000 }
  for (const [address, asked] of [
    ['127.0.0.1:0', '127.0.0.1'],
    [':0', 'localhost'],
  ] as const) {
    it(`asks its own health at ${address}: http://${asked}`, async () => {
      const { admin } = await start(`. {\nhealth ${address}\n}\n`, undefined, { selfCheckTimes: often })
      const { port } = new URL(admin.endpoints[0]?.url ?? '')
      const line = `[WARNING] plugin/health: Local health request to "http://${asked}:${port}/health" took more than 0s`
      await until(() => lines.some((each) => each.startsWith(line)))
      await admin.stop()
      expect(lines.filter((each) => each.includes('failed'))).to.deep.equal([])
    })
  }

  it('tells at most 100 times a second who is not ready', async () => {
    const { ready } = await start(both, unsyncedCluster(), { clock: { now: () => 1000 } })
    for (let time = 0; time < 110; time++) await probe(ready)
    expect(lines.filter((line) => line.includes('not ready'))).to.have.length(100)
  })

  it('takes the name of a host, of which the IPv4 address counts', async () => {
    const { health } = await start('. {\nhealth localhost:0\n}\n')
    expect(health).to.include('http://127.0.0.1:')
    expect((await get(health)).status).to.equal(200)
  })

  it('refuses an address that is in use, and leaves none open', async () => {
    const { health } = await start('. {\nhealth 127.0.0.1:0\n}\n')
    const [port] = await freePorts()
    const taken = new URL(health).host
    const second = create(`. {\nready 127.0.0.1:${port}\nhealth ${taken}\n}\n`)
    const error = await second.start().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).to.be.instanceOf(ListenError)
    expect(error).to.include({ code: 'LISTEN', message: `cannot listen on ${health}: address already in use` })
    expect(await probe(`http://127.0.0.1:${port}/ready`)).to.equal('ECONNREFUSED')
  })

  it('refuses a host that there is not', async () => {
    const error = await create('. {\nready nowhere.invalid:8181\n}\n')
      .start()
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
    expect(error).to.be.instanceOf(ListenError)
    expect(String(error)).to.match(
      /cannot listen on http:\/\/nowhere\.invalid:8181\/ready: (no such|the name of the) host/,
    )
  })

  describe('replace', () => {
    it('keeps the sockets of addresses that stay, and tells what is to be told by now', async () => {
      const [port] = await freePorts()
      const at = `127.0.0.1:${port}`
      const { admin } = await start(`. {\nhealth ${at}\n}\n`)
      admin.serving()
      const told = lines.length
      const connection = connect({ host: '127.0.0.1', port })
      expect(await getOver(connection)).to.equal('HTTP/1.1 200 OK')
      const unsynced = unsyncedCluster()
      const next = `. {\nhealth ${at} {\nlameduck 1ms\n}\nready ${at}\nkubernetes cluster.local\n}\n`
      await (await admin.replace(buildEndpoints(next, unsynced))).commit()
      expect(await getOver(connection)).to.equal('HTTP/1.1 200 OK')
      connection.destroy()
      expect(await probe(`http://${at}/ready`)).to.equal('503 kubernetes')
      unsynced.synced()
      expect(await probe(`http://${at}/ready`)).to.equal('200 OK')
      expect(lines.slice(told).filter((line) => line.includes('http://'))).to.deep.equal([])
      await admin.leave()
      expect(lines.at(-1)).to.equal('[INFO] plugin/health: Going into lameduck mode for 1ms')
    })

    it('opens what is new, and closes what is gone', async () => {
      const [first, second] = await freePorts()
      const { admin } = await start(`. {\nhealth 127.0.0.1:${first}\n}\n`)
      const replacement = await admin.replace(buildEndpoints(`. {\nready 127.0.0.1:${second}\n}\n`))
      expect(await probe(`http://127.0.0.1:${first}/health`)).to.equal('200 OK')
      admin.serving()
      await replacement.commit()
      expect(await probe(`http://127.0.0.1:${first}/health`)).to.equal('ECONNREFUSED')
      expect(await probe(`http://127.0.0.1:${second}/ready`)).to.equal('200 OK')
      expect(lines.at(-1)).to.equal(`[INFO] plugin/ready: http://127.0.0.1:${second}/ready`)
    })

    it('is as it was where it is abandoned, or an address cannot be had', async () => {
      const [first, second] = await freePorts()
      const taken = new URL((await start('. {\nhealth 127.0.0.1:0\n}\n')).health).host
      const { admin } = await start(`. {\nhealth 127.0.0.1:${first}\n}\n`)
      const endpoints = buildEndpoints(`. {\nready 127.0.0.1:${second}\nhealth ${taken}\n}\n`)
      const failed = await admin.replace(endpoints).catch((error: unknown) => error)
      expect(failed).to.be.instanceOf(ListenError)
      const abandoned = await admin.replace(buildEndpoints(`. {\nready 127.0.0.1:${second}\n}\n`))
      await abandoned.abandon()
      expect(await probe(`http://127.0.0.1:${second}/ready`)).to.equal('ECONNREFUSED')
      expect(await probe(`http://127.0.0.1:${first}/health`)).to.equal('200 OK')
    })
  })

  describe('leave', () => {
    it('closes ready first and stays healthy for the lameduck time, the longest of several', async () => {
      const corefile = `a {\nhealth 127.0.0.1:0 {\nlameduck 1ms\n}\n}\n${both.replace('127.0.0.1:0', '127.0.0.1:0 {\nlameduck 1000h\n}')}`
      const { admin, health, ready } = await start(corefile)
      admin.serving()
      const left = admin.leave().then(() => 'over')
      await until(() => lines.at(-1) === '[INFO] plugin/health: Going into lameduck mode for 1000h0m0s')
      expect(await probe(ready)).to.equal('ECONNREFUSED')
      expect(await Promise.race([left, probe(health)])).to.equal('200 OK')
      await admin.stop()
      expect(await left, 'it ends with the server').to.equal('over')
      expect(await probe(health)).to.equal('ECONNREFUSED')
    })

    it('ends when the lameduck time does', async () => {
      const { admin, health } = await start('. {\nhealth 127.0.0.1:0 {\nlameduck 1ms\n}\n}\n')
      await admin.leave()
      expect(await probe(health)).to.equal('200 OK')
      await admin.stop()
      expect(await probe(health)).to.equal('ECONNREFUSED')
    })

    it('says 503 at an address that /health has as well', async () => {
      const [port] = await freePorts()
      const { admin, health, ready } = await start(`. {\nhealth 127.0.0.1:${port}\nready 127.0.0.1:${port}\n}\n`)
      admin.serving()
      await admin.leave()
      expect(await probe(ready)).to.equal('503 Shutting down')
      expect(await probe(health)).to.equal('200 OK')
      expect(lines.join(), 'no lameduck').to.not.include('lameduck')
    })
  })
})

/** Asks for `/health` on a connection that stays open; gives the status line. */
async function getOver(connection: Socket): Promise<string> {
  connection.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const [octets] = await once(connection, 'data')
  return String(octets).split('\r\n')[0] ?? ''
}
