import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Bundle, bundle } from '../../scripts/bundle.ts'
import { startServer } from '../../scripts/server-process.ts'
import { isBatchedHere } from '../transport/udp/batched-here.ts'

const root = join(import.meta.dirname, '../..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
  bin: Record<string, string>
  dependencies: Record<string, string>
}

/** Stands in the code of the live source, and nowhere else. */
const liveOnly = 'unable to load in-cluster configuration'

describe('the bundle', () => {
  let folder: string
  let built: Bundle
  /** Runs the bundle far from the checkout: nothing of node_modules can be found from there. */
  const run = (...args: string[]): string =>
    execFileSync(process.execPath, [built.file, ...args], { cwd: folder, encoding: 'utf8' })

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cluster-dns-bundle-'))
    built = await bundle(folder)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('has the name that package.json gives the command', () => {
    expect(manifest.bin).to.deep.equal({ 'cluster-dns': 'dist/cluster-dns.mjs', coredns: 'dist/cluster-dns.mjs' })
    expect(built.file).to.equal(join(folder, 'cluster-dns.mjs'))
  })

  it('is a program: executable, run by the node of the PATH', () => {
    const lines = readFileSync(built.file, 'utf8').split('\n')
    expect(lines[0]).to.equal('#!/usr/bin/env node')
    expect(lines.filter((line) => line.startsWith('#!'))).to.have.length(1)
    expect(statSync(built.file).mode & 0o777).to.equal(0o755)
  })

  it('knows its version', () => {
    expect(run('--version')).to.include(manifest.version)
  })

  it('answers from the manifests of a cluster', () => {
    const shop = join(root, 'fixtures/shop')
    expect(run('query', 'web.shop.svc.cluster.local', 'A', '-f', shop)).to.match(
      /web\.shop\.svc\.cluster\.local\.\s+5\s+IN\s+A\s/,
    )
  })

  it('loads nothing of a live cluster where manifests are served', async () => {
    const alone = mkdtempSync(join(tmpdir(), 'cluster-dns-bundle-'))
    try {
      cpSync(folder, alone, { recursive: true })
      const file = join(alone, 'cluster-dns.mjs')
      const chunks = readdirSync(join(alone, 'chunks'))
      const live = chunks.filter((chunk) => readFileSync(join(alone, 'chunks', chunk), 'utf8').includes(liveOnly))
      expect(live, 'the chunk of live clusters').to.have.length(1)
      for (const chunk of live) rmSync(join(alone, 'chunks', chunk))
      const shop = join(root, 'fixtures/shop')
      const query = ['query', 'web.shop.svc.cluster.local', 'A', '-f', shop]
      expect(execFileSync(process.execPath, [file, ...query], { encoding: 'utf8' })).to.include('web.shop.svc')
      const server = await startServer([process.execPath, file, 'serve', '-f', shop, '--listen', '127.0.0.1:0'])
      await server.stop()
      const lived = spawnSync(process.execPath, [file, 'serve', '--kubeconfig', 'none'], { encoding: 'utf8' })
      expect(lived.stderr, 'where a live cluster is asked for, it is missed').to.include('ERR_MODULE_NOT_FOUND')
    } finally {
      rmSync(alone, { recursive: true, force: true })
    }
  })

  it('reads and writes datagrams in batches: what is native came with it', async function () {
    if (!isBatchedHere) this.skip()
    const shop = join(root, 'fixtures/shop')
    const serve = ['serve', '-f', shop, '--listen', '127.0.0.1:0', '--udp', 'batched']
    const server = await startServer([process.execPath, built.file, ...serve])
    await server.stop()
    expect(readFileSync(built.licenses, 'utf8')).to.match(/^koffi \d/m)
  })

  it('comes with the licence of every package in it', () => {
    const licenses = readFileSync(built.licenses, 'utf8')
    for (const name of Object.keys(manifest.dependencies)) expect(licenses).to.match(new RegExp(`^${name} \\d`, 'm'))
    expect(licenses).to.include('Apache License')
  })
})
