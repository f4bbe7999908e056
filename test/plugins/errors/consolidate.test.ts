import { expect } from 'chai'
import { serveManifests } from '../../support/serve.ts'

/** Every name of the zone is passed on, and nobody is left to answer it. */
function serve(...rules: readonly string[]) {
  const properties = rules.map((rule) => `consolidate ${rule}`).join('\n')
  const corefile = `. {\nerrors {\n${properties}\n}\nkubernetes cluster.local {\nfallthrough\n}\n}\n`
  const server = serveManifests('', corefile)
  const fail = async (times: number) => {
    for (let count = 0; count < times; count++) await server.exchange('a.cluster.local. A')
  }
  return { server, timer: server.timer, fail }
}

const line = 'plugin/errors: 2 a.cluster.local. A: plugin/kubernetes: no next plugin found'
const summary = (count: number, pattern: string, period: string) =>
  `plugin/errors: ${count} errors like '${pattern}' occurred in last ${period}`

describe('errors: consolidate', () => {
  it('counts what fits from the first on, and tells when the time is over', async () => {
    const { server, timer, fail } = serve('30s "no next plugin found$"')
    await fail(1)
    timer.pass(20_000)
    await fail(2)
    timer.pass(9_999)
    expect(server.lines).to.deep.equal([])
    timer.pass(1)
    expect(server.lines).to.deep.equal([`[ERROR] ${summary(3, 'no next plugin found$', '30s')}`])
    expect(timer.waiting).to.equal(0)
  })

  it('begins anew with the next one', async () => {
    const { server, timer, fail } = serve('1m30s .')
    await fail(2)
    timer.pass(90_000)
    timer.pass(90_000)
    await fail(1)
    timer.pass(90_000)
    expect(server.lines).to.deep.equal([2, 1].map((count) => `[ERROR] ${summary(count, '.', '1m30s')}`))
  })

  it('logs what fits no rule by itself', async () => {
    const { server, fail } = serve('30s "i/o timeout$"')
    await fail(2)
    expect(server.lines).to.deep.equal([`[ERROR] ${line}`, `[ERROR] ${line}`])
  })

  it('counts for the first rule that fits', async () => {
    const { server, timer, fail } = serve('30s timeout', '20s plugin', '10s .')
    await fail(2)
    timer.pass(60_000)
    expect(server.lines).to.deep.equal([`[ERROR] ${summary(2, 'plugin', '20s')}`])
  })

  for (const level of ['debug', 'info', 'warning', 'error']) {
    it(`writes at the level ${level}`, async () => {
      const { server, timer, fail } = serve(`30s . ${level} show_first`)
      await fail(2)
      timer.pass(30_000)
      const prefix = `[${level.toUpperCase()}]`
      expect(server.lines).to.deep.equal([`${prefix} ${line}`, `${prefix} ${summary(2, '.', '30s')}`])
    })
  }

  it('tells what is counted so far when the server stops, and nothing later', async () => {
    const { server, timer, fail } = serve('30s timeout', '30s .')
    await fail(3)
    await server.stop()
    expect(server.lines).to.deep.equal([`[ERROR] ${summary(3, '.', '30s')}`])
    expect(timer.waiting).to.equal(0)
    await fail(1)
    expect(server.lines.slice(1)).to.deep.equal([`[ERROR] ${line}`])
  })

  it('tells nothing more where the first, shown, was the only one', async () => {
    const { server, timer, fail } = serve('30s . show_first')
    await fail(1)
    timer.pass(30_000)
    expect(server.lines).to.deep.equal([`[ERROR] ${line}`])
  })
})
