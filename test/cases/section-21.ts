import { expect } from 'chai'
import { samplesOf } from '../support/samples.ts'
import { serveManifests } from '../support/serve.ts'
import { atLocal, cluster, t, z } from './cluster.ts'
import type { Section } from './rows.ts'

export const section21: Section = {
  section: '21',
  title: 'metrics',
  groups: [
    {
      title: 'of the server',
      serve: () => serveManifests(cluster, `${z} {\nprometheus\nkubernetes\n}\n`, atLocal),
      checks: [
        {
          at: '21.3',
          title: 'what is refused before any plugin is in the zone `dropped`',
          async run(server) {
            await server.exchange(`web.${t} A`)
            await server.exchange('www.example.com. A', { edns: { dnssecOk: true } })
            const dropped = 'server="dns://:53",zone="dropped",view=""'
            const counted = Object.entries(samplesOf(server.metrics)).filter(([name]) => name.includes('dropped'))
            expect(Object.fromEntries(counted)).to.deep.equal({
              [`coredns_dns_requests_total{${dropped},proto="udp",family="1",type="A"}`]: 1,
              [`coredns_dns_request_duration_seconds_count{${dropped}}`]: 1,
              [`coredns_dns_request_size_bytes_count{${dropped},proto="udp"}`]: 1,
              [`coredns_dns_response_size_bytes_count{${dropped},proto="udp"}`]: 1,
              [`coredns_dns_do_requests_total{${dropped}}`]: 1,
              [`coredns_dns_responses_total{${dropped},rcode="REFUSED",plugin=""}`]: 1,
            })
            expect(samplesOf(server.metrics)).to.include({ coredns_panics_total: 0 })
          },
        },
      ],
    },
  ],
}
