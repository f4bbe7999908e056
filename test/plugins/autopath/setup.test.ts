import { expect } from 'chai'
import { serveManifests } from '../../support/serve.ts'

const files = { 'resolv.conf': 'search a.test\n', 'folder/x': '' }
const at = (line: number, message: string) => `plugin/autopath: Corefile:${line} - Error during parsing: ${message}`
const build = (corefile: string) => serveManifests('', corefile, { files })

describe('autopath: setup', () => {
  for (const text of [
    'autopath resolv.conf',
    'autopath a.test 10.0.0.0/8 resolv.conf',
    'autopath a.test @kubernetes',
  ]) {
    it(`takes: ${text}`, () => expect(() => build(`. {\n${text}\nkubernetes cluster.local\n}\n`)).not.to.throw())
  }

  it('a plugin that is not there: a warning, where CoreDNS says nothing', async () => {
    const server = build('. {\nautopath @kubernetes\nwhoami\n}\n')
    expect(server.lines).to.deep.equal([
      '[WARNING] plugin/autopath: Corefile:2: without effect: there is no plugin kubernetes in this block',
    ])
    expect((await server.ask('a.b.svc.cluster.local. A')).rcode).to.equal('NOERROR')
  })
})

describe('autopath: setup refuses', () => {
  for (const { text, error } of [
    { text: 'autopath', error: 'no resolv-conf specified' },
    {
      text: 'autopath missing.conf',
      error: 'failed to parse "missing.conf": open missing.conf: no such file or directory',
    },
    { text: 'autopath a.test folder', error: 'failed to parse "folder": read folder: is a directory' },
    { text: 'autopath a..b resolv.conf', error: 'zone is not a valid domain name: a..b' },
    { text: 'autopath @errors', error: 'errors does not implement the AutoPather interface' },
    {
      text: 'autopath @kubernetes {\n}\nautopath @kubernetes',
      line: 5,
      error: 'this plugin can only be used once per Server Block',
    },
    { text: 'autopath @kubernetes {\nndots 5\n}', error: "Unexpected token '{', expecting argument" },
  ]
    .map((row) => ({ line: 3, ...row }))
    .map(({ text, error, line }) => ({ text, error: at(line, error) }))) {
    it(`${text.replaceAll('\n', ' ; ')}: ${error}`, () => {
      expect(() => build(`. {\nerrors\n${text}\nkubernetes cluster.local\n}\n`))
        .to.throw()
        .with.property('message', error)
    })
  }
})
