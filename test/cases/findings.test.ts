import { expect } from 'chai'
import { clusterIp, headless, slice } from '../support/manifests.ts'
import type { TestServer } from '../support/serve.ts'
import { nodata } from '../support/table.ts'
import { a, atLocal, serve, serveObjects, t, v4, z } from './cluster.ts'
import type { Row } from './rows.ts'
import { checkRow } from './run.ts'

/** What the laws of test/laws found, as rows of their own. */
interface Finding extends Omit<Row, 'at'> {
  readonly found: string
  serve(): TestServer
  /** It is still so: the row has to fail, until it passes, and then this line goes. */
  readonly open?: true
}

const label60 = 'l'.repeat(60)
const longZone = `${`${label60}.`.repeat(2)}test.`

const findings: readonly Finding[] = [
  {
    found: 'a Service that has no cluster IP yet is NXDOMAIN while its endpoints have names (RFC 8020)',
    title: 'NODATA above names of endpoints',
    serve() {
      const server = serve()
      const web = server.store.service('testns', 'web')
      if (web === undefined) throw new Error('web is a Service')
      server.store.put({ ...web, clusterIPs: [] })
      return server
    },
    ask: `web.${t} A`,
    ...nodata,
  },
  {
    found: 'the name server of a reverse zone that a Service fronts is a name that does not exist',
    title: 'NS leads to the primary zone',
    serve: () =>
      serveObjects([
        clusterIp('kube-system/kube-dns', '10.96.0.2'),
        slice('kube-system/kube-dns', { endpoints: [{ addresses: ['10.1.0.53'] }] }),
      ]),
    ask: `${v4} NS`,
    answer: [`${v4} 5 IN NS kube-dns.kube-system.svc.${z}`],
    additional: a(`kube-dns.kube-system.svc.${z}`, '10.96.0.2'),
  },
  {
    found: 'a name of an endpoint over 255 octets made SERVFAIL of its Service',
    title: 'the Service has its addresses',
    serve: () =>
      serveObjects(
        [
          headless(`${'n'.repeat(60)}/${'s'.repeat(60)}`),
          slice(`${'n'.repeat(60)}/${'s'.repeat(60)}`, {
            name: 'one',
            endpoints: [{ addresses: ['10.1.0.1'], hostname: 'h'.repeat(60) }],
          }),
        ],
        `${longZone} {\nkubernetes\n}\n`,
        atLocal,
      ),
    ask: `${'s'.repeat(60)}.${'n'.repeat(60)}.svc.${longZone} A`,
    answer: a(`${'s'.repeat(60)}.${'n'.repeat(60)}.svc.${longZone}`, '10.1.0.1'),
  },
]

describe('findings of the laws', () => {
  for (const { found, open, serve: start, ...row } of findings) {
    it(`${found}: ${row.title}${open ? ' (open)' : ''}`, async () => {
      const passes = await checkRow(start(), { at: '', ...row }).then(
        () => true,
        (error: unknown) => {
          if (open) return false
          throw error
        },
      )
      expect(passes, 'it passes: strike out `open`').to.equal(!open)
    })
  }
})
