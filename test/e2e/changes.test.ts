import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { expect } from 'chai'
import { dig, short } from './dig.ts'
import { testFolder } from './folder.ts'
import { type Program, programs, shop } from './program.ts'

const service = (name: string, address: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { clusterIP: ${address}, ports: [{ port: 80 }] }\n`
const nameOf = (service: string) => `${service}.shop.svc.cluster.local`

describe('manifests that change while they are served', () => {
  const folder = testFolder({ 'extra.yaml': service('extra', '10.96.1.1') })
  const { serve } = programs()
  let program: Program

  const changed = () => program.line(/^\[INFO\] manifests: changed: /)
  const addresses = (service: string, ...args: readonly string[]) => short(program.port(), ...args, nameOf(service))

  describe('in a folder', () => {
    beforeEach(async () => {
      cpSync(shop, folder.path('shop'), { recursive: true })
      program = await serve('-f', folder.path('shop'), '-f', folder.path('extra.yaml'))
    })

    it('a new address is there on the next query', async () => {
      expect(await addresses('web')).to.deep.equal(['10.96.0.20'])
      folder.write('shop/web.yaml', service('web', '10.96.2.2'))
      await changed()
      expect(await addresses('web')).to.deep.equal(['10.96.2.2'])
      expect(await addresses('web', '+tcp')).to.deep.equal(['10.96.2.2'])
      expect(await short(program.port(), '-x', '10.96.2.2')).to.deep.equal([`${nameOf('web')}.`])
      expect((await dig(program.port(), '-x', '10.96.0.20')).status).to.equal('NXDOMAIN')
    })

    it('a Service that was asked for in vain is there', async () => {
      expect((await dig(program.port(), nameOf('late'))).status).to.equal('NXDOMAIN')
      folder.write('shop/deep/late.yaml', service('late', '10.96.2.3'))
      await changed()
      expect(await addresses('late')).to.deep.equal(['10.96.2.3'])
    })

    it('a Pod that turns ready has its name', async () => {
      expect(await addresses('db')).to.deep.equal(['10.244.0.11', '10.244.0.12'])
      expect((await dig(program.port(), nameOf('db-2.db'))).status).to.equal('NXDOMAIN')
      folder.write('shop/db.yaml', folder.read('shop/db.yaml').replace('status: "False"', 'status: "True"'))
      await changed()
      expect(await addresses('db')).to.deep.equal(['10.244.0.11', '10.244.0.12', '10.244.0.13'])
      expect(await addresses('db-2.db')).to.deep.equal(['10.244.0.13'])
    })

    it('a file that is taken away takes its names with it', async () => {
      expect(await addresses('web')).to.deep.equal(['10.96.0.20'])
      rmSync(folder.path('shop/web.yaml'))
      await changed()
      expect((await dig(program.port(), nameOf('web'))).status).to.equal('NXDOMAIN')
    })

    it('a bad change is told with its place, and the last good state stays until it is mended', async () => {
      const good = folder.read('shop/web.yaml')
      folder.write('shop/web.yaml', good.replace('10.96.0.20', '10.96.0.2000'))
      expect(folder.relative(await program.line(/^\[ERROR\]/))).to.match(
        /^\[ERROR\] shop\/web\.yaml:9:14: spec\.clusterIP: found '10\.96\.0\.2000'/,
      )
      await program.line(/^\[ERROR\] manifests: 1 problem: the last good state stays$/)
      expect(await addresses('web')).to.deep.equal(['10.96.0.20'])

      folder.write('shop/web.yaml', good.replace('10.96.0.20', '10.96.2.4'))
      await program.line(/^\[INFO\] manifests: good again: /)
      expect(await addresses('web')).to.deep.equal(['10.96.2.4'])
    })

    it('of a bad change and a good one, neither is taken', async () => {
      folder.write('shop/api.yaml', service('api', '10.96.2.5'))
      folder.write('shop/web.yaml', 'kind: [\n')
      await program.line(/the last good state stays$/)
      expect([await addresses('api'), await addresses('web')]).to.deep.equal([['10.96.0.30'], ['10.96.0.20']])
    })
  })

  describe('in a file', () => {
    beforeEach(async () => {
      program = await serve('-f', folder.path('extra.yaml'))
      expect(await addresses('extra')).to.deep.equal(['10.96.1.1'])
    })

    it('that is written again', async () => {
      folder.write('extra.yaml', service('extra', '10.96.1.2'))
      await changed()
      expect(await addresses('extra')).to.deep.equal(['10.96.1.2'])
    })

    it('that is replaced by another, again and again', async () => {
      for (const last of [3, 4, 5]) {
        folder.replace('extra.yaml', service('extra', `10.96.1.${last}`))
        await changed()
        expect(await addresses('extra')).to.deep.equal([`10.96.1.${last}`])
      }
    })
  })

  it('by a switched link, as a mounted ConfigMap does', async () => {
    const mount = folder.path('mount')
    const version = (name: string, address: string) => {
      mkdirSync(`${mount}/${name}`, { recursive: true })
      folder.write(`mount/${name}/web.yaml`, service('web', address))
    }
    version('..2026_11_01', '10.96.3.1')
    symlinkSync('..2026_11_01', `${mount}/..data`)
    symlinkSync('..data/web.yaml', `${mount}/web.yaml`)
    program = await serve('-f', mount)
    expect(await addresses('web')).to.deep.equal(['10.96.3.1'])

    for (const [name, before, address] of [
      ['..2026_11_02', '..2026_11_01', '10.96.3.2'],
      ['..2026_11_03', '..2026_11_02', '10.96.3.3'],
    ] as const) {
      version(name, address)
      symlinkSync(name, `${mount}/..data_tmp`)
      renameSync(`${mount}/..data_tmp`, `${mount}/..data`)
      rmSync(`${mount}/${before}`, { recursive: true })
      await changed()
      expect(await addresses('web')).to.deep.equal([address])
    }
  })
})
