import { expect } from 'chai'
import type { AskOptions, Reply, TestServer } from './serve.ts'

/** One question and all of its answer; what is left out is empty, NOERROR, and authoritative. */
export interface QueryCase extends Partial<Reply> {
  readonly title: string
  readonly ask: string
  readonly options?: AskOptions
}

/** The SOA record of a zone whose server has not changed since it was started, with the default TTL. */
export const soaOf = (zone: string, ttl = 5) =>
  `${zone} ${Math.min(ttl, 300)} IN SOA ns.dns.${zone} hostmaster.${zone} 1 7200 1800 86400 ${ttl}`

const soa = soaOf('cluster.local.')

/** No record of this type: NOERROR, and the SOA of `cluster.local.` */
export const nodata = { authority: [soa] } as const
/** No such name: NXDOMAIN, and the SOA of `cluster.local.` */
export const nxdomain = { rcode: 'NXDOMAIN', authority: [soa] } as const

/** One test for each case, all of the one server that `serve` gives before the first of them. */
export function testQueries(serve: () => TestServer | Promise<TestServer>, cases: readonly QueryCase[]): void {
  let server: TestServer
  before(async () => {
    server = await serve()
  })
  for (const { title, ask, options, ...expected } of cases) {
    it(title, async () => {
      const { rcode = 'NOERROR', flags = ['qr', 'aa'], answer = [], authority = [], additional = [] } = expected
      const reply = await server.ask(ask, options)
      expect(reply).to.deep.equal({ rcode, flags, answer, authority, additional })
    })
  }
}

/** `title` and `ask` of one case for each of several questions that have the same answer. */
export function each(asks: readonly string[], what: string, expected: Partial<Reply>): QueryCase[] {
  return asks.map((ask) => ({ title: `${what}: ${ask}`, ask, ...expected }))
}
