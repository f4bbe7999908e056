import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
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
    expect(manifest.bin).to.deep.equal({ 'cluster-dns': 'dist/cluster-dns.mjs' })
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
