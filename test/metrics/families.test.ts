import { writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { askOverTcp, askOverUdp } from '../cases/sockets.ts'
import { type Running, start, testFolder } from '../cli/run.ts'
import { apiNamespace, apiPod, apiService, apiSlice } from '../support/api-objects.ts'
import { ApiServer } from '../support/api-server/api-server.ts'
import { type ExposedFamily, parseExposition } from '../support/exposition.ts'
import { get } from '../support/http.ts'
import { type AskOptions, encodeQuery } from '../support/serve.ts'
import { UpstreamDouble } from '../support/upstream-double.ts'
import { until } from '../transport/until.ts'
import { asked, type ExpectedFamily, families } from './names.ts'

/** A server of a live cluster, with all that counts. */
const corefileOf = (api: string, upstream: number) => `. {
    errors
    health 127.0.0.1:0
    ready 127.0.0.1:0
    prometheus 127.0.0.1:0
    reload
    dns64 {
        allow_ipv4
    }
    loadbalance
    autopath @kubernetes
    cache 30
    template IN A template.test {
        answer "{{ .Name }} 60 IN A 192.0.2.1"
    }
    kubernetes cluster.local in-addr.arpa {
        endpoint ${api}
        pods verified
        fallthrough in-addr.arpa
    }
    forward outside.test 127.0.0.1:${upstream}
    whoami
}
`

/** The questions are the same each time: of every transport, with and without EDNS and DO, of all that may come of them. */
const questions: readonly { ask: string; options?: AskOptions }[] = [
  { ask: 'web.shop.svc.cluster.local. A' },
  { ask: 'web.shop.svc.cluster.local. A' },
  { ask: 'web.shop.svc.cluster.local. AAAA', options: { edns: { dnssecOk: true } } },
  { ask: 'web.shop.svc.cluster.local. SRV', options: { transport: 'tcp' } },
  { ask: 'nope.other.svc.cluster.local. A', options: { edns: {} } },
  { ask: '10.0.96.10.in-addr.arpa. PTR' },
  { ask: 'cluster.local. AXFR', options: { transport: 'tcp' } },
  { ask: 'a.template.test. A' },
  { ask: 'www.example.com. A' },
  { ask: 'www.outside.test. A' },
  { ask: 'web.shop.svc.cluster.local. A', options: { message: { question: inChaos() } } },
]

function inChaos() {
  return { qname: 'version.bind.' as never, spelling: 'version.bind.', qtype: 16, qclass: 3 }
}

describe('/metrics of a whole server', () => {
  const folder = testFolder({ Corefile: '' })
  let api: ApiServer
  let upstream: UpstreamDouble
  let running: Running
  let page: ReadonlyMap<string, ExposedFamily>
  let port: number

  before(async () => {
    api = await ApiServer.start({ streamingLists: 'forbidden' }) // so that there are lists, which alone have a duration
    api.load([
      apiNamespace('shop'),
      apiService('shop/web', { clusterIP: '10.96.0.10', ports: [{ name: 'http', port: 80 }] }),
      apiSlice('shop/web-1', 'web', ['10.1.0.1']),
      apiPod('shop/client', '127.0.0.1'),
    ])
    upstream = await UpstreamDouble.start()
    writeFileSync(folder.path('Corefile'), corefileOf(api.url, upstream.port))
    running = start('serve', '--listen', '127.0.0.1:0', '--conf', folder.path('Corefile'))
    port = Number(await lineOf(/^listening on tcp 127\.0\.0\.1:(\d+)$/))
    const url = await lineOf(/^\[INFO\] plugin\/prometheus: (\S+)$/)
    for (const { ask, options } of questions) {
      const over = options?.transport === 'tcp' ? askOverTcp : askOverUdp
      await over({ address: '127.0.0.1', port }, encodeQuery(ask, options))
    }
    const trigger = { 'endpoints.kubernetes.io/last-change-trigger-time': new Date().toISOString() }
    api.put(apiSlice('shop/web-1', 'web', ['10.1.0.2'], { metadata: { annotations: trigger } }))
    do page = parseExposition((await get(url)).body)
    while (!page.has('coredns_kubernetes_dns_programming_duration_seconds'))
  })

  after(async () => {
    running.stop()
    await running.ended
    await api.stop()
    await upstream.stop()
  })

  /** What stands in the first line of this form that is written. */
  async function lineOf(form: RegExp): Promise<string> {
    await until(() => running.err.length > 0 || running.out.some((line) => form.test(line)))
    expect(running.err).to.deep.equal([])
    return running.out.flatMap((line) => form.exec(line)?.[1] ?? [])[0] ?? ''
  }

  it('has the families of CoreDNS, and no other', () => {
    // Those of plugins that say in their own tests what they count.
    const others = /^coredns_(cache|forward|proxy|hosts)_/
    const own = [...page.keys()].filter((name) => name.startsWith('coredns_') && !others.test(name))
    expect(own).to.have.members(Object.keys(families))
  })

  for (const [name, expected] of Object.entries(families)) {
    it(`${name}: its type, labels and buckets`, () => {
      const { type, samples = [] } = page.get(name) ?? {}
      expect(type).to.equal(expected.type)
      expect(samples).to.not.deep.equal([])
      for (const sample of samples) expect(Object.keys(sample.labels)).to.have.members(labelsOf(expected, sample.name))
      const bounds = samples.flatMap(({ name: each, labels }) => (each.endsWith('_bucket') ? labels.le : []))
      const buckets = expected.buckets?.map(String) ?? []
      expect([...new Set(bounds)]).to.deep.equal(expected.buckets === undefined ? [] : [...buckets, '+Inf'])
    })
  }

  it('counts what was asked, and nothing else', () => {
    const samples = page.get('coredns_dns_requests_total')?.samples ?? []
    expect(samples.reduce((sum, { value }) => sum + value, 0)).to.equal(questions.length)
    const durations = page.get('coredns_dns_request_duration_seconds')?.samples ?? []
    const counts = durations.filter(({ name }) => name.endsWith('_count'))
    expect(counts.reduce((sum, { value }) => sum + value, 0)).to.equal(questions.length)
  })

  it('says who wrote the responses, as CoreDNS does', () => {
    const found = (page.get('coredns_dns_responses_total')?.samples ?? []).map(
      ({ labels: { zone, rcode, plugin }, value }) => `${zone} ${rcode} '${plugin}' ${value}`,
    )
    expect(found).to.have.members([`. NOERROR 'errors' 9`, `. NXDOMAIN 'errors' 1`, `. REFUSED '' 1`])
  })

  it('names the server by where it listens, and its plugins', () => {
    const enabled = page.get('coredns_plugin_enabled')?.samples ?? []
    const names = ['prometheus', 'errors', 'loadbalance', 'autopath', 'template', 'kubernetes', 'whoami']
    expect(enabled.map(({ labels }) => labels.name)).to.include.members(names)
    for (const { labels } of enabled) expect(labels).to.include({ server: 'dns://127.0.0.1:0', zone: '.', view: '' })
  })

  for (const { by, name, labels = [] } of asked) {
    it(`${by}: ${name}${labels.length === 0 ? '' : ` by ${labels.join(', ')}`}`, () => {
      const samples = [...page.values()].flatMap(({ samples: each }) => each).filter((sample) => sample.name === name)
      expect(samples).to.not.deep.equal([])
      for (const sample of samples) expect(Object.keys(sample.labels)).to.include.members(labels)
    })
  }
})

/** The labels of one of a family's samples. */
function labelsOf({ labels }: ExpectedFamily, sample: string): readonly string[] {
  return sample.endsWith('_bucket') ? [...labels, 'le'] : labels
}
