import { expect } from 'chai'
import { run, runWithInput, shop, testFolder } from './run.ts'

describe('check', () => {
  const folder = testFolder({
    Corefile: 'cluster.local:5300 {\n    errors\n    log\n    kubernetes\n    loadbalance\n}\n',
    'empty/readme.txt': 'no manifest',
  })
  const shopCounts =
    '  Namespace: 2\n  Service: 8\n  EndpointSlice: 6\n  Pod: 7\n  StatefulSet (apps/v1): 1, passed over'

  it('counts what good manifests make', async () => {
    const out = `7 manifest files: valid\n${shopCounts}`
    expect(await run('check', '-f', shop)).to.deep.equal({ code: 0, out, err: '' })
  })

  it('takes a Corefile alone', async () => {
    const { code, out, err } = await run('check', '--conf', folder.path('Corefile'))
    expect({ code, err }).to.deep.equal({ code: 0, err: '' })
    expect(folder.relative(out)).to.equal('Corefile: valid')
  })

  it('takes both', async () => {
    const { code, out } = await run('check', '--conf', folder.path('Corefile'), '-f', shop)
    expect(code).to.equal(0)
    expect(folder.relative(out)).to.equal(`Corefile: valid\n7 manifest files: valid\n${shopCounts}`)
  })

  it('reads a file once that is named twice', async () => {
    const { code, out } = await run('check', '-f', shop, '-f', `${shop}/web.yaml`)
    expect({ code, first: out.split('\n')[0] }).to.deep.equal({ code: 0, first: '7 manifest files: valid' })
  })

  it('takes standard input', async () => {
    const input = 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: 80 }] }\n'
    const { code, out } = await runWithInput(input, 'check', '-f', '-')
    expect(code).to.equal(0)
    expect(out).to.equal('1 manifest file: valid\n  Namespace: 1\n  Service: 1')
  })

  it('says so where a folder has no manifest', async () => {
    const { code, out } = await run('check', '-f', folder.path('empty'))
    expect(code).to.equal(0)
    expect(folder.relative(out)).to.equal('no .yaml, .yml or .json file in empty')
  })
})
