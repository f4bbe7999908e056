import { expect } from 'chai'
import type { Edns } from '../../../src/dns/edns.ts'
import { parseName } from '../../../src/dns/name.ts'
import type { Client, Query } from '../../../src/plugin/handler.ts'
import { noOffers } from '../../../src/plugin/offers.ts'
import { setupRewrite } from '../../../src/plugins/rewrite/setup.ts'
import { edns } from '../../dns/messages.ts'
import { queryFor, recordsAnswer } from '../../support/answers.ts'
import { handlerOf } from '../../support/plugin.ts'

const client: Client = {
  transport: 'tcp',
  address: '::ffff:192.0.2.1',
  port: 0x1234,
  localAddress: '192.0.2.53',
  localPort: 53,
}
const offers = noOffers()
offers.metadata.set('kubernetes/client-namespace', () => 'shop')
offers.metadata.set('kubernetes/empty', () => '')
offers.metadataZones = [parseName('example.org')]

/** The EDNS of the query as it is below, and whether the answer may be kept. */
function below(rules: readonly string[], own?: Partial<Edns>, from: Partial<Client> = {}) {
  const request = { id: 1, rd: true, ad: false, cd: false, ...(own && { edns: edns(own) }) }
  const query = queryFor('Www.example.org. MX', { client: { ...client, ...from }, request })
  let asked: Query = query
  const answer = handlerOf(setupRewrite, rules, { offers }).serve(query, (passed) => {
    asked = passed
    return recordsAnswer([])
  })
  const options = asked.request?.edns?.options?.map(({ code, data }) => `${code} ${Buffer.from(data).toString('hex')}`)
  return { edns: asked.request?.edns, options, answer }
}

const hex = (text: string) => Buffer.from(text).toString('hex')
const option = (code: number, text: string) => ({ code, data: Buffer.from(text) })
const own = { options: [option(10, 'cookie'), option(0xffee, 'theirs')] }
const cookie = `10 ${hex('cookie')}`

describe('rewrite edns0', () => {
  for (const { rule, given, from, expected } of [
    { rule: 'local set 0xffee abc', expected: [`65518 ${hex('abc')}`] },
    { rule: 'local set 65518 0xabcd', expected: ['65518 abcd'] },
    { rule: 'LOCAL SET 0xffee abc revert', expected: [`65518 ${hex('abc')}`] },
    { rule: 'local set 0xffee abc', given: own, expected: [cookie, `65518 ${hex('abc')}`] },
    { rule: 'local append 0xffee abc', expected: [`65518 ${hex('abc')}`] },
    {
      rule: 'local append 0xffee abc',
      given: own,
      expected: [cookie, `65518 ${hex('theirs')}`, `65518 ${hex('abc')}`],
    },
    { rule: 'local replace 0xffee abc', given: own, expected: [cookie, `65518 ${hex('abc')}`] },
    { rule: 'local replace 0xffee abc', expected: undefined },
    { rule: 'local unset 0xffee', given: own, expected: [cookie] },
    { rule: 'local unset 0xffee', given: { options: [option(0xffee, '')] }, expected: undefined },
    { rule: 'nsid set', expected: ['3 '] },
    { rule: 'nsid set', given: { options: [option(3, 'x')] }, expected: ['3 '] },
    { rule: 'nsid append', expected: ['3 '] },
    { rule: 'nsid replace', expected: undefined },
    { rule: 'nsid unset', given: { options: [option(3, 'x')] }, expected: undefined },
    { rule: 'subnet set 24 56', expected: ['8 00011800c00002'] },
    { rule: 'subnet set 22 56', from: { address: '10.1.255.7' }, expected: ['8 000116000a01fc'] },
    { rule: 'subnet set 0 56', expected: ['8 00010000'] },
    { rule: 'subnet set 32 56', expected: ['8 00012000c0000201'] },
    { rule: 'subnet set 24 56', from: { address: '2001:db8:1:2ff::1%eth0' }, expected: ['8 0002380020010db8000102'] },
    { rule: 'subnet append 24 56', given: { options: [option(8, 'x')] }, expected: [`8 ${hex('x')}`] },
    { rule: 'subnet replace 24 56 revert', given: { options: [option(8, 'x')] }, expected: ['8 00011800c00002'] },
    { rule: 'subnet unset', given: { options: [option(8, 'x')] }, expected: undefined },
    { rule: 'local set 0xffee {qname}', expected: [`65518 ${hex('Www.example.org.')}`] },
    { rule: 'local set 0xffee {qtype}', expected: ['65518 000f'] },
    { rule: 'local set 0xffee {client_ip}', expected: ['65518 c0000201'] },
    {
      rule: 'local set 0xffee {client_ip}',
      from: { address: 'fe80::1%eth0' },
      expected: ['65518 fe800000000000000000000000000001'],
    },
    { rule: 'local set 0xffee {client_port}', expected: ['65518 1234'] },
    { rule: 'local set 0xffee {protocol}', expected: [`65518 ${hex('tcp')}`] },
    { rule: 'local set 0xffee {server_ip}', expected: ['65518 c0000235'] },
    { rule: 'local set 0xffee {server_ip}', from: { localAddress: '::' }, expected: undefined },
    {
      rule: 'local set 0xffee {server_ip}',
      from: { address: 'fd00::1' },
      expected: ['65518 00000000000000000000ffffc0000235'],
    },
    {
      rule: 'local set 0xffee {server_ip}',
      from: { address: 'fd00::1', localAddress: 'fd00::2' },
      expected: ['65518 fd000000000000000000000000000002'],
    },
    { rule: 'local set 0xffee {server_port}', expected: ['65518 0035'] },
    { rule: 'local set 0xffee {kubernetes/client-namespace}', expected: [`65518 ${hex('shop')}`] },
    { rule: 'local set 0xffee {kubernetes/empty}', expected: undefined },
    { rule: 'local set 0xffee {kubernetes/other}', expected: undefined },
    { rule: 'local append 0xffee {protocol}', given: own, expected: [cookie, `65518 ${hex('theirs')}`] },
    { rule: 'local replace 0xffee {protocol}', given: own, expected: [cookie, `65518 ${hex('tcp')}`] },
  ]) {
    const title = `${rule}${given === undefined ? '' : ', with options'}${from === undefined ? '' : `, ${Object.values(from).join(' ')}`}`
    it(title, () => expect(below([`rewrite edns0 ${rule}`], given, from).options).to.deep.equal(expected))
  }

  it('makes an OPT record where there is none', () => {
    const options = [option(0xffee, 'abc')]
    expect(below(['rewrite edns0 local set 0xffee abc']).edns).to.deep.equal(edns({ payloadSize: 4096, options }))
    expect(below(['rewrite edns0 nsid unset']).edns).to.deep.equal(edns({ payloadSize: 4096 }))
  })

  it('leaves all else of it as it is', () => {
    const given = { dnssecOk: true, payloadSize: 700 }
    const options = [option(0xffee, 'abc')]
    expect(below(['rewrite edns0 local set 0xffee abc'], given).edns).to.deep.equal(edns({ ...given, options }))
  })

  it('holds for a server port only where it is known', () => {
    const { localPort, ...unknown } = client
    const query = queryFor('www.example.org. A', { client: unknown })
    const answer = recordsAnswer([])
    const rules = handlerOf(setupRewrite, ['rewrite edns0 local set 0xffee {server_port}', 'rewrite type A MX'])
    expect(
      rules.serve(query, (passed) => {
        expect(passed).to.deep.equal({ ...query, qtype: 15 })
        return answer
      }),
    ).to.deep.equal({ ...answer, validity: { kind: 'once' } })
  })

  for (const { rule, isKept } of [
    { rule: 'local set 0xffee abc', isKept: true },
    { rule: 'local set 0xffee {qname}', isKept: true },
    { rule: 'local set 0xffee {qtype}', isKept: true },
    { rule: 'nsid set', isKept: true },
    { rule: 'subnet unset', isKept: true },
    { rule: 'subnet set 24 56', isKept: false },
    { rule: 'local set 0xffee {client_ip}', isKept: false },
    { rule: 'local set 0xffee {client_port}', isKept: false },
    { rule: 'local set 0xffee {protocol}', isKept: false },
    { rule: 'local set 0xffee {server_ip}', isKept: false },
    { rule: 'local set 0xffee {server_port}', isKept: false },
    { rule: 'local set 0xffee {kubernetes/client-namespace}', isKept: false },
    { rule: 'local set 0xffee {kubernetes/other}', isKept: false },
  ]) {
    it(`${rule}: the answer is ${isKept ? 'kept' : 'given once'}`, () => {
      const validity = isKept ? recordsAnswer([]).validity : { kind: 'once' }
      expect(below([`rewrite edns0 ${rule}`]).answer).to.deep.include({ validity })
    })
  }
})
