import { expect } from 'chai'
import { until } from '../transport/until.ts'
import { type Running, shop, start, testFolder } from './run.ts'

describe('serve', () => {
  const folder = testFolder({ Corefile: 'cluster.local {\n    kubernetes\n}\n', Whoami: '. {\n    whoami\n}\n' })
  let running: Running | undefined

  /** Starts it and waits until it listens. */
  async function serve(...args: readonly string[]): Promise<string[]> {
    const begun = start('serve', '--listen', '127.0.0.1:0', ...args)
    running = begun
    const lines = () => begun.out.join('\n').split('\n')
    await until(() => begun.err.length > 0 || lines().some((line) => line.startsWith('listening on tcp')))
    return lines()
  }

  afterEach(async () => {
    running?.stop()
    expect(await running?.ended).to.equal(0)
    expect(running?.err).to.deep.equal([])
    running = undefined
  })

  it('says what it serves, where, and what to ask', async () => {
    const lines = await serve('-f', shop)
    const [, port] = /listening on udp 127\.0\.0\.1:(\d+)/.exec(lines.join()) ?? []
    expect(Number(port)).to.be.greaterThan(0)
    expect(lines).to.include(`listening on tcp 127.0.0.1:${port}`)
    const asks = ['db.shop', 'db-0.db.shop'].map((name) => `  dig @127.0.0.1 -p ${port} ${name}.svc.cluster.local.`)
    await until(() => asks.every((ask) => running?.out.join('\n').includes(ask) === true))
  })

  it('says which kinds it passed over, if asked for more', async () => {
    const lines = await serve('-f', shop, '--log-level', 'debug')
    expect(lines).to.include('[DEBUG] manifests: passed over 1 object of kind StatefulSet (apps/v1)')
  })

  it('asks for no cluster where none is served', async () => {
    const lines = await serve('--conf', folder.path('Whoami'))
    expect(lines.join()).to.not.include('WARNING')
  })

  it('ends at once if it is asked to while it starts', async () => {
    running = start('serve', '--listen', '127.0.0.1:0', '-f', shop)
    running.stop()
    await running.ended
    expect(running.out.join()).to.not.include('listening')
  })
})
