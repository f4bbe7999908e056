import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { writeChange, writeManifests } from '../../bench/cluster/manifests.ts'
import { type ClusterPlan, changingAddress, zone } from '../../bench/cluster/plan.ts'
import { zoneLines } from '../../bench/cluster/zone.ts'
import { allLoads } from '../../bench/loads/loads.ts'
import { encodeQuery, formatQuestion, frameQueries, withOption } from '../../bench/loads/question.ts'
import { main } from '../../src/cli/main.ts'
import { typeName } from '../../src/dns/iana.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { testIo } from '../support/cli-io.ts'

const smallLoads = allLoads(0.001)

describe('benchmark clusters', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cluster-dns-bench-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** Every line of the zone that our own server makes of the manifests, its serial number as in a zone file. */
  async function namesOf(plan: ClusterPlan): Promise<string[]> {
    writeManifests(folder, plan)
    const { io, out } = testIo()
    await main(['names', '-f', folder], io)
    return out
      .filter((line) => line.split(' ')[0]?.endsWith(`${zone}.`))
      .map((line) => line.replace(/(SOA \S+ \S+) \d+/, '$1 1'))
  }

  for (const { name, cluster } of smallLoads) {
    it(`are the same as manifests and as a zone file: ${name}`, async () => {
      expect(zoneLines(cluster).sort()).to.deep.equal((await namesOf(cluster)).sort())
    })
  }

  it('change one file at a time, each time with another address', async () => {
    const plan: ClusterPlan = { services: 1, changing: 150 }
    const before = await namesOf(plan)
    expect(writeChange(folder, plan, 1, 1)).to.equal(50)
    const { io, out: printed } = testIo()
    await main(['query', `changing-149.bench.svc.${zone}`, 'A', '-f', folder], io)
    expect(printed.join('\n')).to.include(changingAddress(plan, 149, 1))
    expect(before.join('\n')).not.to.include(changingAddress(plan, 149, 1))
    expect(before.join('\n')).to.include(changingAddress(plan, 149, 0))
  })
})

describe('benchmark questions', () => {
  for (const { name, cluster, questions } of smallLoads) {
    it(`are queries as dnsperf makes them: ${name}`, () => {
      const all = questions(cluster)
      const decoded = all.map((question) => decodeMessage(encodeQuery(question)))
      expect(
        decoded.map(({ question }) => `${question?.spelling.replace(/\.$/, '')} ${typeName(question?.qtype ?? 0)}\n`),
      ).to.deep.equal(all.map(formatQuestion))
      expect(decoded.every(({ rd, qr, edns }) => rd && !qr && edns === undefined)).to.equal(true)
    })
  }

  it('carry an EDNS option', () => {
    const query = withOption(encodeQuery({ name: 'a.b', type: 'A' }), 10, Buffer.from('0123456789abcdef', 'hex'))
    expect(decodeMessage(query).edns).to.deep.include({ payloadSize: 1232, dnssecOk: false })
    expect(query.subarray(-12).toString('hex')).to.equal('000a00080123456789abcdef')
  })

  it('are framed by their length', () => {
    expect(
      frameQueries([Buffer.from('abc'), Buffer.alloc(258)])
        .subarray(0, 7)
        .toString('latin1'),
    ).to.equal('\0\x03abc\x01\x02')
  })
})
