import { expect } from 'chai'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import type { Transport } from '../../src/plugin/handler.ts'
import { encodeQuery, type Reply, type TestServer } from '../support/serve.ts'
import type { Check, Group, Row, Section } from './rows.ts'
import { openSockets } from './sockets.ts'

/** One test for each row of a section: over UDP with EDNS, over TCP without, and in capitals. */
export function testSection({ section, title, groups }: Section): void {
  describe(`specification, section ${section}: ${title}`, () => {
    for (const group of groups) testGroup(group)
  })
}

function testGroup(group: Group): void {
  describe(group.title, () => {
    let server: TestServer
    before(async () => {
      server = await group.serve()
    })

    for (const row of group.rows ?? []) it(titleOf(row, row.ask), () => checkRow(server, row))
    for (const check of group.checks ?? []) it(titleOf(check), () => check.run(server))
    const [sample] = (group.rows ?? []).filter(({ options }) => options === undefined)
    if (sample !== undefined) it(`over sockets: ${titleOf(sample, sample.ask)}`, () => checkSockets(server, sample))
  })
}

export async function checkRow(server: TestServer, row: Row): Promise<void> {
  const reply = expectedOf(row)
  const { options } = row
  const overUdp = { ...reply, ...row.overUdp }
  expect(await server.ask(row.ask, { ...options, transport: 'tcp' }), 'over TCP').to.deep.equal(reply)
  expect(await server.ask(row.ask, { edns: {}, ...options, transport: 'udp' }), 'over UDP').to.deep.equal(overUdp)
  const [name = '', type] = row.ask.split(' ')
  const capitals = `${name.toUpperCase()} ${type}`
  expect(await server.ask(capitals, { ...options, transport: 'tcp' }), 'in capitals').to.deep.equal(reply)
}

function expectedOf(row: Row): Reply {
  const { rcode = 'NOERROR', flags = ['qr', 'aa'], answer = [], authority = [], additional = [] } = row
  return { rcode, flags, answer, authority, additional }
}

/** What comes through the sockets of both transports is what the responders make. */
async function checkSockets(server: TestServer, { ask }: Row): Promise<void> {
  const sockets = await openSockets(server)
  const query = encodeQuery(ask, { edns: {} })
  try {
    for (const transport of ['udp', 'tcp'] as const satisfies Transport[]) {
      const direct = await server.send(query, { transport })
      expect(decodeMessage(await sockets[transport](query)), transport).to.deep.equal(decodeMessage(direct ?? query))
    }
  } finally {
    await sockets.close()
  }
}

function titleOf({ at, title, differs }: Pick<Check, 'at' | 'title' | 'differs'>, ask = ''): string {
  const question = ask === '' || title.includes(ask) ? '' : ` (${ask})`
  return `§${at} ${title}${question}${differs === undefined ? '' : ` [docs/differences.md: ${differs}]`}`
}
