import { expect } from 'chai'
import { clusterIp, manifests, namespace, pod } from '../../support/manifests.ts'
import { type AskOptions, serveManifests } from '../../support/serve.ts'

const cluster = manifests(
  namespace('shop'),
  clusterIp('shop/web', '10.96.0.10'),
  pod('shop/client', ['10.244.0.7']),
  pod('tools/other', ['10.244.0.8']),
)
const web = 'web.shop.svc.cluster.local.'
const from = (address: string): AskOptions => ({ client: { address, port: 40_000 } })

/** A server that logs this of each query, with these directives. */
function serve(format: string, directives: string) {
  const kubernetes = 'kubernetes cluster.local {\npods verified\nfallthrough\n}\nwhoami'
  return serveManifests(cluster, `. {\nlog . "${format}"\n${directives}\n${kubernetes}\n}\n`)
}

const service = '<{/kubernetes/service}>'

describe('metadata', () => {
  it('is said of each query by itself, also where the answer is from the cache', async () => {
    const server = serve('{/kubernetes/client-namespace} {/kubernetes/client-pod-name}', 'metadata')
    for (const address of ['10.244.0.7', '10.244.0.8', '192.0.2.1']) await server.exchange(`${web} A`, from(address))
    expect(server.misses).to.equal(1)
    expect(server.lines).to.deep.equal(['[INFO] shop client', '[INFO] tools other', '[INFO] - -'])
  })

  it('is what nobody knows without the plugin', async () => {
    const server = serve(`${service} {/log/class}`, '')
    await server.exchange(`${web} A`)
    expect(server.lines).to.deep.equal(['[INFO] <-> -'])
  })

  it('is for its zones, those of the block where there are none', async () => {
    const elsewhere = serve(service, 'metadata example.org 10.0.0.0/8')
    await elsewhere.exchange(`${web} A`)
    const here = serve(service, 'metadata example.org CLUSTER.local')
    await here.exchange(`${web} A`)
    const everywhere = serve(service, 'metadata')
    await everywhere.exchange(`${web} A`)
    expect([elsewhere, here, everywhere].map(({ lines }) => lines.at(-1))).to.deep.equal([
      '[INFO] <->',
      '[INFO] <web>',
      '[INFO] <web>',
    ])
  })

  it('is at hand in templates and their expressions', async () => {
    const templates = `template IN TXT example.org {
expr "metadata('kubernetes/client-pod-name') == 'other'"
answer "{{ .Name }} 5 TXT the-other"
fallthrough
}
template IN TXT example.org {
answer "{{ .Name }} 5 TXT \\"<{{ .Meta \`kubernetes/client-namespace\` }}>\\""
}`
    const said = async (directives: string, address: string) => {
      const { answer } = await serve('{name}', `${directives}\n${templates}`).ask('a.example.org. TXT', from(address))
      return answer
    }
    const txt = (text: string) => [`a.example.org. 5 IN TXT "${text}"`]
    expect(await said('metadata', '10.244.0.7')).to.deep.equal(txt('<shop>'))
    expect(await said('metadata', '10.244.0.8')).to.deep.equal(txt('the-other'))
    expect(await said('metadata', '192.0.2.1')).to.deep.equal(txt('<>'))
    expect(await said('metadata cluster.local', '10.244.0.7')).to.deep.equal(txt('<>'))
    expect(await said('', '10.244.0.7')).to.deep.equal(txt('<>'))
  })

  it('is said of the name that was asked for, not of one that is asked for in its place', async () => {
    const template =
      'template IN TXT . {\nmatch ^t\nanswer "{{ .Name }} 5 TXT <{{ .Meta `kubernetes/service` }}>"\nfallthrough\n}'
    const rules =
      'rewrite continue name u.shop.svc.cluster.local t.example.org\nrewrite name t.example.org t.tools.svc.cluster.local'
    const server = serve(service, `metadata\n${rules}\n${template}`)
    const asked = async (name: string) => (await server.ask(`${name} TXT`)).answer
    expect(await asked('u.shop.svc.cluster.local.')).to.deep.equal(['u.shop.svc.cluster.local. 5 IN TXT "<u>"'])
    expect(await asked('t.example.org.')).to.deep.equal(['t.example.org. 5 IN TXT "<>"'])
    expect(await asked('t.tools.svc.cluster.local.')).to.deep.equal(['t.tools.svc.cluster.local. 5 IN TXT "<t>"'])
  })

  it('is said anew of the target of a CNAME', async () => {
    const template =
      'template IN A . {\nmatch ^t\nanswer "{{ .Name }} 5 CNAME {{ .Meta `kubernetes/service` }}.example.net."\nfallthrough\n}'
    const next =
      'template IN A example.net {\nanswer "{{ .Name }} 5 A 192.0.2.{{ len (.Meta `kubernetes/service`) }}"\n}'
    const server = serve(service, `metadata\nrewrite name u.shop.svc.cluster.local t.example.org\n${template}\n${next}`)
    expect((await server.ask('u.shop.svc.cluster.local. A')).answer).to.deep.equal([
      'u.shop.svc.cluster.local. 5 IN CNAME u.example.net.',
      'u.example.net. 5 IN A 192.0.2.0',
    ])
  })

  it('in a template is of each client by itself', async () => {
    const template =
      'template IN TXT example.org {\nanswer "{{ .Name }} 5 TXT <{{ .Meta `kubernetes/client-namespace` }}>"\n}'
    const server = serve('{name}', `metadata\n${template}`)
    const asked = async (address: string) => (await server.ask('a.example.org. TXT', from(address))).answer
    expect(await asked('10.244.0.7')).to.deep.equal(['a.example.org. 5 IN TXT "<shop>"'])
    expect(await asked('10.244.0.8')).to.deep.equal(['a.example.org. 5 IN TXT "<tools>"'])
  })

  it('of an answer is for all names: what log says of itself', async () => {
    const server = serve('{/log/class} {/log/type}', 'metadata example.org')
    for (const question of [`${web} A`, `${web} AAAA`, `nope.${web} A`, 'cluster.local. AXFR']) {
      await server.exchange(question)
      await server.exchange(question)
    }
    const lines = ['success NOERROR', 'denial NODATA', 'success NOERROR', 'error META']
    expect(server.lines).to.deep.equal(lines.flatMap((line) => [`[INFO] ${line}`, `[INFO] ${line}`]))
  })
})
