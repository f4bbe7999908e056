import { expect } from 'chai'
import { run, runWithInput, shop, testFolder } from './run.ts'

describe('check', () => {
  const folder = testFolder({
    Corefile: 'cluster.local:5300 {\n    errors\n    log\n    kubernetes\n    loadbalance\n}\n',
    'empty/readme.txt': 'no manifest',
    'odd/db.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: db }\nspec:\n  clusterIP: None\n',
    'odd/web.yaml': `apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  type: ExternalName\n  externalName: 192.0.2.1\n`,
    'bad.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: A\n',
    Long: `example.net {\n    kubernetes {\n        endpoint_pod_names\n    }\n}\n`,
    'long.yaml': `apiVersion: v1
kind: Service
metadata: { name: db }
spec: { clusterIP: None, selector: { app: db }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: ${'n'.repeat(64)}, labels: { app: db } }
`,
    Broken: 'cluster.local {\n    kubernets\n}\n',
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

  it('prints warnings, their number, and the summary', async () => {
    const { code, out, err } = await run('check', '-f', folder.path('odd'))
    expect({ code, out }).to.deep.equal({ code: 0, out: '2 manifest files: valid\n  Namespace: 1\n  Service: 2' })
    const lines = folder.relative(err).split('\n')
    expect(lines).to.have.length(3)
    expect(lines[0]).to.match(/^odd\/db\.yaml:5:3: warning: headless Service .* \[headless-without-ports\]$/)
    expect(lines[1]).to.match(/^odd\/web\.yaml:6:17: warning: Service default\/web .* \[external-name-address\]$/)
    expect(lines[2]).to.equal('2 warnings')
  })

  it('--strict: warnings make the exit code 1, and nothing else is different', async () => {
    const [lenient, strict] = [
      await run('check', '-f', folder.path('odd')),
      await run('check', '--strict', '-f', folder.path('odd')),
    ]
    expect(strict).to.deep.equal({ ...lenient, code: 1 })
    expect((await run('check', '--strict', '-f', shop)).code).to.equal(0)
  })

  it('tells errors of the Corefile beside warnings', async () => {
    const { code, out, err } = await run('check', '-f', folder.path('odd'), '--conf', folder.path('Broken'))
    expect({ code, out }).to.deep.equal({ code: 1, out: '' })
    expect(err.split('\n').at(-1)).to.equal('1 error, 2 warnings')
  })

  it('--json: errors and warnings for programs', async () => {
    const conf = folder.path('Broken')
    const { code, out, err } = await run('check', '--json', '-f', folder.path('odd/web.yaml'), '--conf', conf)
    expect({ code, err }).to.deep.equal({ code: 1, err: '' })
    const [warning, error, ...more] = JSON.parse(folder.relative(out))
    expect(more).to.deep.equal([])
    expect(warning).to.deep.include({ file: 'odd/web.yaml', line: 6, column: 17, severity: 'warning' })
    expect(warning.code).to.equal('external-name-address')
    expect(warning.message).to.match(/^Service default\/web has the address /)
    expect(Object.keys(warning)).to.deep.equal(['file', 'line', 'column', 'severity', 'code', 'message'])
    expect(error).to.deep.include({ file: 'Broken', line: 2, column: 0, severity: 'error', code: 'COREFILE_SYNTAX' })
  })

  it('--json: an error of the manifests, and what cannot be read', async () => {
    const { code, out } = await run('check', '--json', '-f', folder.path('bad.yaml'), '--conf', folder.path('no-such'))
    expect(code).to.equal(1)
    const [manifest, corefile] = JSON.parse(folder.relative(out))
    expect(manifest).to.deep.include({
      file: 'bad.yaml',
      line: 4,
      column: 9,
      severity: 'error',
      code: 'MANIFEST_INVALID',
    })
    expect(corefile).to.deep.include({ file: 'no-such', line: 0, column: 0, code: 'COREFILE_UNREADABLE' })
  })

  it('--json: the empty list where all is well', async () => {
    expect(await run('check', '--json', '--strict', '-f', shop)).to.deep.equal({ code: 0, out: '[]', err: '' })
  })

  it('warns of names as the Corefile makes them', async () => {
    const { err } = await run('check', '--conf', folder.path('Long'), '-f', folder.path('long.yaml'))
    expect(err).to.include('under db.default.svc.example.net the Pod').and.include('[label-too-long]')
    const { err: zoned } = await run('check', '--zone', 'k8s.test', '-f', folder.path('odd/db.yaml'))
    expect(zoned).to.include(': db.default.svc.k8s.test has addresses')
  })

  it('says so where a folder has no manifest', async () => {
    const { code, out } = await run('check', '-f', folder.path('empty'))
    expect(code).to.equal(0)
    expect(folder.relative(out)).to.equal('no .yaml, .yml or .json file in empty')
  })
})
