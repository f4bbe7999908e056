import { expect } from 'chai'
import { counted } from '../../src/util/counted.ts'
import { run, runWithInput, shop, testFolder } from './run.ts'

const badService = `apiVersion: v1
kind: Service
metadata:
  name: Web
spec:
  clusterIP: 10.96.0.300
  ports:
    - port: 0
`
const badPod = `apiVersion: v1
kind: Pod
metadata:
  name: web
status:
  podIP: nowhere
---
apiVersion: v1
kind: Pod
metadata:
  name: web
`

const files = {
  'manifests/a.yaml': badService,
  'manifests/deep/b.yml': badPod,
  'manifests/c.json': '{ "apiVersion": "v1", ]',
  Corefile: 'cluster.local {\n    errors\n    kubernetes {\n        pots insecure\n    }\n    nomad\n}\n',
  Broken: 'cluster.local {\n    kubernets\n}\n',
  Good: 'cluster.local {\n    kubernetes\n}\n',
  Ready: 'cluster.local {\n    ready 192.0.2.1:8181\n    kubernetes\n}\n',
  'good.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: 80 }] }\n',
}

/** Each place, and the start of what is said of it. */
const problems = [
  "manifests/a.yaml:4:9: metadata.name: found 'Web', expected ",
  "manifests/a.yaml:6:14: spec.clusterIP: found '10.96.0.300', expected ",
  'manifests/a.yaml:8:13: spec.ports[0].port: found the number 0, expected ',
  'manifests/c.json:1:23: yaml: ',
  "manifests/deep/b.yml:6:10: status.podIP: found 'nowhere', expected ",
  'manifests/deep/b.yml:11:9: Pod default/web',
]

describe('bad input: exit code 1', () => {
  const folder = testFolder(files)
  const withManifests: Readonly<Record<string, readonly string[]>> = {
    serve: ['serve', '--listen', '127.0.0.1:0'],
    check: ['check'],
    names: ['names'],
    query: ['query', 'web.default.svc.cluster.local'],
  }

  for (const [command, args] of Object.entries(withManifests)) {
    it(`${command}: every problem of the manifests at once, and how many`, async () => {
      const { code, err } = await run(...args, '-f', folder.path('manifests'))
      expect(code).to.equal(1)
      const lines = folder.relative(err).split('\n')
      for (const [index, problem] of problems.entries()) expect(lines[index]).to.include(problem)
      expect(lines).to.have.length(problems.length + 1)
      expect(lines.at(-1)).to.match(new RegExp(`^${counted(problems.length, 'error')}`))
    })

    it(`${command}: a path where nothing is`, async () => {
      const { code, out, err } = await run(...args, '-f', shop, '-f', folder.path('nothing'))
      expect({ code, out }).to.deep.equal({ code: 1, out: '' })
      expect(folder.relative(err)).to.match(/^nothing: found nothing there, expected a file or a folder\n1 error/)
    })

    const corefiles = [
      { title: 'that is missing', name: 'nothing', says: 'nothing: no such file' },
      { title: 'below a file', name: 'Good/x', says: 'Good/x: no such file' },
      { title: 'that is a folder', name: 'manifests', says: 'manifests: is a folder, expected a Corefile' },
      {
        title: 'with an unknown directive',
        name: 'Broken',
        says: "Broken:2 - Error during parsing: Unknown directive 'kubernets', did you mean 'kubernetes'?",
      },
      {
        title: 'with an unknown property',
        name: 'Corefile',
        says: "plugin/kubernetes: Corefile:4 - Error during parsing: unknown property 'pots'",
      },
    ]
    for (const { title, name, says } of corefiles) {
      it(`${command}: a Corefile ${title}`, async () => {
        const { code, out, err } = await run(...args, '--conf', folder.path(name))
        expect({ code, out }).to.deep.equal({ code: 1, out: '' })
        expect(folder.relative(err)).to.include(says)
        expect(err).to.not.match(/\bE[A-Z]{4,}\b|\n\s+at /)
      })
    }
  }

  it('check: errors of the manifests and of the Corefile together', async () => {
    const { code, err } = await run('check', '-f', folder.path('manifests'), '--conf', folder.path('Corefile'))
    expect(code).to.equal(1)
    const lines = folder.relative(err).split('\n')
    for (const [index, problem] of problems.entries()) expect(lines[index]).to.include(problem)
    expect(lines.slice(problems.length)).to.deep.equal([
      "plugin/kubernetes: Corefile:4 - Error during parsing: unknown property 'pots', did you mean 'pods'?",
      "Corefile:6 - Error during parsing: directive 'nomad' is not supported by cluster-dns",
      `${problems.length + 2} errors`,
    ])
  })

  it('check: one error is one', async () => {
    const { err } = await run('check', '--conf', folder.path('Broken'))
    expect(err).to.match(/\n1 error$/)
  })

  it('serve: an address that cannot be listened at is one line', async () => {
    // An address that RFC 5737 keeps for documents, so that no machine has it.
    const { code, err } = await run('serve', '-f', folder.path('good.yaml'), '--listen', '192.0.2.1:0')
    expect(code).to.equal(1)
    expect(err).to.equal('cannot listen on tcp 192.0.2.1:0: address not available on this machine')
  })

  it('serve: an HTTP address that cannot be opened is one line', async () => {
    const corefile = ['--conf', folder.path('Ready')]
    const { code, err } = await run('serve', '-f', folder.path('good.yaml'), '--listen', '127.0.0.1:0', ...corefile)
    expect(code).to.equal(1)
    expect(err).to.equal('cannot listen on http://192.0.2.1:8181/ready: address not available on this machine')
  })

  it('standard input that is bad', async () => {
    const { code, err } = await runWithInput(badPod, 'check', '-f', '-')
    expect(code).to.equal(1)
    expect(err)
      .to.include(":6:10: status.podIP: found 'nowhere'")
      .and.match(/\n2 errors$/)
  })
})
