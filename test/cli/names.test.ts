import { expect } from 'chai'
import { compareNames, parseName } from '../../src/dns/name.ts'
import { run, shop, testFolder } from './run.ts'

/** An SOA's serial is the time of the last change. */
const withoutSerial = (text: string) => text.replace(/( SOA \S+ \S+) \d+/g, '$1 SERIAL')

async function namesOf(...args: readonly string[]): Promise<string[]> {
  const { code, out, err } = await run('names', ...args)
  expect({ code, err }).to.deep.equal({ code: 0, err: '' })
  return withoutSerial(out).split('\n')
}

const ownerOf = (line: string) => parseName(line.split(' ')[0] ?? '')

describe('names', () => {
  const folder = testFolder({
    'one/web.yaml':
      'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { clusterIP: 10.96.0.1, ports: [{ port: 80 }] }\n',
    'two/api.yaml':
      'apiVersion: v1\nkind: Service\nmetadata: { name: api }\nspec: { clusterIP: 10.96.0.2, ports: [{ port: 80 }] }\n',
    Corefile: 'example.org {\n    kubernetes example.org {\n        ttl 30\n    }\n}\n',
    Whoami: '. {\n    whoami\n}\n',
  })
  const both = () => ['-f', folder.path('one'), '-f', folder.path('two/api.yaml')]

  it('are lines of a zone file, sorted by name', async () => {
    const lines = await namesOf('-f', shop)
    for (const line of lines) expect(line).to.match(/^\S+\. \d+ IN (SOA|NS|A|AAAA|CNAME|SRV|TXT|PTR) \S/)
    const owners = lines.map(ownerOf)
    expect(owners).to.deep.equal(owners.toSorted(compareNames))
    expect(new Set(lines)).to.have.length(lines.length)
  })

  it('of two manifests are all names of both', async () => {
    const services = (await namesOf(...both())).filter((line) => line.includes('.svc.') && line.includes(' A '))
    expect(services).to.deep.equal([
      'api.default.svc.cluster.local. 5 IN A 10.96.0.2',
      'web.default.svc.cluster.local. 5 IN A 10.96.0.1',
    ])
  })

  it('lie in the zone that is asked for', async () => {
    const lines = await namesOf(...both(), '--zone', 'Example.COM')
    expect(lines).to.include('web.default.svc.example.com. 5 IN A 10.96.0.1')
    expect(lines).to.include('1.0.96.10.in-addr.arpa. 5 IN PTR web.default.svc.example.com.')
    expect(lines.join()).to.not.include('cluster.local')
  })

  it('are as the Corefile has them', async () => {
    const lines = await namesOf(...both(), '--conf', folder.path('Corefile'))
    expect(lines).to.include('web.default.svc.example.org. 30 IN A 10.96.0.1')
    expect(lines.join()).to.not.include('in-addr.arpa')
  })

  it('are none where the Corefile serves no cluster', async () => {
    expect(await run('names', ...both(), '--conf', folder.path('Whoami'))).to.deep.equal({ code: 0, out: '', err: '' })
  })

  it('are what query answers', async () => {
    const lines = await namesOf('-f', shop)
    const questions = Map.groupBy(lines, (line) =>
      line
        .split(' ')
        .filter((_, index) => index === 0 || index === 3)
        .join(' '),
    )
    for (const [question, expected] of questions) {
      const { code, out } = await run('query', ...question.split(' '), '-f', shop)
      expect(code, question).to.equal(0)
      const [, answer = ''] = /;; ANSWER SECTION:\n(.*?)\n\n/s.exec(out) ?? []
      const records = withoutSerial(answer.replace(/[\t ]+/g, ' ')).split('\n')
      // Behind a CNAME record comes what its target has.
      const own = records.filter((record) => question.startsWith(`${record.split(' ')[0]} `))
      expect(own.toSorted(), question).to.deep.equal(expected.toSorted())
    }
  }).timeout(30_000)

  it('--json says the same', async () => {
    const lines = await namesOf('-f', shop)
    const { code, out } = await run('names', '-f', shop, '--json')
    expect(code).to.equal(0)
    const records: { name: string; ttl: number; class: string; type: string; rdata: string }[] = JSON.parse(out)
    const texts = records.map((record) => `${record.name} ${record.ttl} ${record.class} ${record.type} ${record.rdata}`)
    expect(texts.map(withoutSerial)).to.deep.equal(lines)
  })

  it('--json of none is an empty list', async () => {
    const { out } = await run('names', ...both(), '--conf', folder.path('Whoami'), '--json')
    expect(JSON.parse(out)).to.deep.equal([])
  })
})
