import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { probe } from '../support/http.ts'
import { freePorts } from '../support/ports.ts'
import { short } from './dig.ts'
import { testFolder } from './folder.ts'
import { type Program, programs, shop, until } from './program.ts'

const web = 'web.shop.svc.cluster.local'

/** A block of cluster.local with these directives. */
const corefile = (...directives: readonly string[]): string =>
  `cluster.local {\n${directives.join('\n')}\nkubernetes\n}\n`

const onAnyPort = (lameduck: string): string =>
  corefile(`health 127.0.0.1:0 {\nlameduck ${lameduck}\n}`, 'ready 127.0.0.1:0')

describe('health and ready', () => {
  const folder = testFolder({ Corefile: onAnyPort('0s'), Long: onAnyPort('10m'), Short: onAnyPort('1ms') })
  const { run, serve } = programs()

  it('tell of the start: healthy at once, ready when it answers', async () => {
    const program = run('serve', '--listen', '127.0.0.1:0', '--conf', folder.path('Corefile'), '-f', '-')
    const { health, ready } = await urlsOf(program)
    expect(await probe(health)).to.equal('200 OK')
    expect(await probe(ready)).to.equal('503 kubernetes')
    await program.line(/^\[INFO\] plugin\/ready: Plugins not ready: "kubernetes"$/)
    expect(program.out.join('\n')).to.not.include('listening')

    program.child.stdin?.end(readFileSync(join(shop, 'web.yaml')))
    await program.listening()
    expect(await probe(ready)).to.equal('200 OK')
    expect(await short(program.port(), web)).to.deep.equal(['10.96.0.20'])
  })

  it('lameduck: it answers, follows changes, is healthy and not ready; a second signal ends it at once', async () => {
    const manifest = readFileSync(join(shop, 'web.yaml'), 'utf8')
    folder.write('web.yaml', manifest)
    const program = await serve('-f', folder.path('web.yaml'), '--conf', folder.path('Long'))
    const { health, ready } = await urlsOf(program)
    program.child.kill('SIGTERM')
    await program.line(/^\[INFO\] SIGTERM: Shutting down servers then terminating$/)
    await program.line(/^\[INFO\] plugin\/health: Going into lameduck mode for 10m0s$/)
    expect(await probe(ready)).to.equal('ECONNREFUSED')
    expect(await short(program.port(), web)).to.deep.equal(['10.96.0.20'])
    expect(await short(program.port(), '+tcp', web)).to.deep.equal(['10.96.0.20'])
    folder.replace('web.yaml', manifest.replaceAll('10.96.0.20', '10.96.0.21'))
    await until(async () => (await short(program.port(), web)).join() === '10.96.0.21', 'the change')
    expect(await probe(health)).to.equal('200 OK')
    expect(await program.stop('SIGTERM')).to.deep.equal({ code: 2, signal: null })
  })

  for (const [signal, line] of [
    ['SIGTERM', 'SIGTERM: Shutting down servers then terminating'],
    ['SIGINT', 'SIGINT: Shutting down'],
  ] as const) {
    it(`${signal}: says so, is a lame duck for a while, and ends with exit code 0`, async () => {
      const program = await serve('-f', shop, '--conf', folder.path('Short'))
      expect(await program.stop(signal)).to.deep.equal({ code: 0, signal: null })
      expect(program.out.slice(-2)).to.deep.equal([
        `[INFO] ${line}`,
        '[INFO] plugin/health: Going into lameduck mode for 1ms',
      ])
      expect(program.err).to.deep.equal([])
    })
  }

  it('end with it where there is no lameduck, though a client holds its connection', async () => {
    const program = await serve('-f', shop, '--conf', folder.path('Corefile'))
    const { health } = await urlsOf(program)
    await (await fetch(health)).text()
    expect(await program.stop()).to.deep.equal({ code: 0, signal: null })
    expect(program.out.join('\n')).to.not.include('lameduck')
    expect(await probe(health)).to.equal('ECONNREFUSED')
  })

  for (const directive of ['health', 'ready']) {
    it(`${directive}: ends with one line where its port is in use`, async () => {
      const [port] = await freePorts()
      folder.write('Same', corefile(`${directive} 127.0.0.1:${port}`))
      await serve('-f', shop, '--conf', folder.path('Same'))
      const second = run('serve', '--listen', '127.0.0.1:0', '-f', shop, '--conf', folder.path('Same'))
      expect((await second.ended).code).to.equal(1)
      expect(second.err).to.deep.equal([
        `cannot listen on http://127.0.0.1:${port}/${directive}: address already in use`,
      ])
    })
  }
})

/** Where the endpoints are, as the program says it. */
async function urlsOf(program: Program): Promise<{ health: string; ready: string }> {
  const urlOf = (line: string): string => line.replace(/^.* /, '')
  const said = (kind: string): string | undefined =>
    program.out.find((line) => line.includes(`plugin/${kind}: http://`))
  // ready stands above health in the order of plugins, so health is the last to be told.
  const last = said('health') ?? (await program.line(/^\[INFO\] plugin\/health: http:/))
  return { health: urlOf(last), ready: urlOf(said('ready') ?? '') }
}
