import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { readManifests } from '../../../src/cluster/manifests/read.ts'
import { Cluster } from './support.ts'

const root = join(import.meta.dirname, '../../..')

async function fixture(name: string): Promise<Cluster> {
  const { objects, problems } = await readManifests([join(root, 'fixtures', name)])
  expect(problems).to.deep.equal([])
  return new Cluster(objects)
}

describe('fixtures', () => {
  it('shop: a Service of each type, and a StatefulSet with one Pod of three not ready', async () => {
    const shop = await fixture('shop')
    const services = shop.all('Service').map(({ name, type, clusterIPs }) => [name, type, clusterIPs.length])
    expect(services).to.deep.equal([
      ['admin', 'NodePort', 1],
      ['api', 'ClusterIP', 1],
      ['cache', 'ClusterIP', 1],
      ['db', 'ClusterIP', 0],
      ['payments', 'ExternalName', 0],
      ['storefront', 'LoadBalancer', 1],
      ['web', 'ClusterIP', 1],
      ['website', 'ExternalName', 0],
    ])
    const members = shop.slicesOf('db').flatMap(({ endpoints }) => endpoints)
    expect(members.map(({ hostname, addresses, ready }) => [hostname, addresses[0], ready])).to.deep.equal([
      ['db-0', '10.244.0.11', true],
      ['db-1', '10.244.0.12', true],
      ['db-2', '10.244.0.13', false],
    ])
  })

  it('dual-stack: Services of either family and of both', async () => {
    const dual = await fixture('dual-stack')
    expect(dual.all('Service').map(({ name, clusterIPs }) => [name, ...clusterIPs])).to.deep.equal([
      ['filled', '10.107.212.33', 'fd00:10:96::481'],
      ['four', '10.96.1.40'],
      ['outside'],
      ['peers'],
      ['six', 'fd00:10:96::1:60'],
      ['web', '10.96.1.20', 'fd00:10:96::1:20'],
    ])
    expect(dual.slicesOf('peers').map(({ addressType }) => addressType)).to.have.members(['IPv4', 'IPv6'])
  })

  it('multicluster: a headless import and one with addresses, of two clusters each', async () => {
    const cluster = await fixture('multicluster')
    const imports = cluster.all('ServiceImport')
    expect(imports.map(({ namespace, name, headless, ips }) => [namespace, name, headless, ...ips])).to.deep.equal([
      ['shared', 'db', true],
      ['shared', 'web', false, '10.98.0.20', 'fd00:10:98::20'],
    ])
    const slices = cluster.all('EndpointSlice').map(({ importName, clusterId }) => [importName, clusterId])
    expect(slices).to.deep.equal([
      ['db', 'east'],
      ['db', 'west'],
      ['web', 'east'],
      ['web', 'west'],
    ])
  })

  it('big-headless: 1,000 endpoints in ten slices, all different', async () => {
    const slices = (await fixture('big-headless')).slicesOf('big')
    const addresses = slices.flatMap(({ endpoints }) => endpoints.flatMap((endpoint) => endpoint.addresses))
    expect([slices.length, new Set(addresses).size]).to.deep.equal([10, 1000])
  })

  it('big-headless is what its script writes', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'fixtures-'))
    try {
      const script = join('scripts', 'generate-big-headless.ts')
      await cp(join(root, script), join(copy, script))
      await promisify(execFile)(process.execPath, [join(copy, script)])
      expect(await contents(join(copy, 'fixtures/big-headless'))).to.deep.equal(
        await contents(join(root, 'fixtures/big-headless')),
      )
    } finally {
      await rm(copy, { recursive: true })
    }
  })
})

async function contents(folder: string): Promise<string[][]> {
  const names = (await readdir(folder)).sort()
  return Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]))
}
