import { expect } from 'chai'
import fc from 'fast-check'
import { enclosingNames, isSubdomain, labelsOf, type Name, parseName } from '../../src/dns/name.ts'
import type { RRset, RRType } from '../../src/dns/record.ts'
import { addressOfReverseName } from '../../src/dns/reverse.ts'
import { formatRRset } from '../../src/dns/text/record.ts'
import type { TestServer } from '../support/serve.ts'
import { cluster, options } from './clusters.ts'
import { type Filter, filterOf, isReachable, namesOf } from './model.ts'
import { addressesAt, askTcp, corefileOf, listOf, serveCluster, show, zones } from './server.ts'

/** A cluster behind a server, and all that `names` lists of it. */
interface Listed {
  readonly server: TestServer
  readonly list: ReadonlyMap<Name, readonly RRset[]>
  readonly filter: Filter
  /** Whether the Service that a name belongs to can have addresses. */
  canHaveAddresses(name: string): boolean
}

/** Holds for clusters of every shape; what fails is printed with the seed, and shrunk. */
function law(title: string, numRuns: number, check: (listed: Listed) => Promise<void>): void {
  it(title, async () => {
    await fc.assert(
      fc.asyncProperty(cluster, options, async (objects, lines) => {
        const corefile = corefileOf(lines, 'transfer {\nto *\n}')
        const server = serveCluster(objects, corefile)
        const filter = filterOf(lines)
        const canHaveAddresses = (name: string) => isReachable(server.store, name, filter)
        await check({ server, list: await listOf(server, corefile), filter, canHaveAddresses })
      }),
      { numRuns },
    )
  })
}

function* rrsetsOf<T extends RRType>({ list }: Listed, type: T): Generator<RRset<T>> {
  for (const rrsets of list.values()) {
    for (const rrset of rrsets) if (rrset.type === type) yield rrset as RRset<T> // by its type
  }
}

/** Of several types, so that what exists for one and not for another is seen. */
const types = ['A', 'AAAA', 'SRV', 'TXT', 'CNAME', 'PTR', 'SOA', 'ANY'] as const

describe('laws: answers of random clusters', function () {
  this.timeout(30_000)

  law(
    'every name that `names` lists resolves to exactly what it lists, cached, fresh, over either transport',
    40,
    async (listed) => {
      for (const [name, rrsets] of listed.list) {
        for (const rrset of rrsets) {
          const expected = formatRRset(rrset)
          const udp = await listed.server.ask(`${name} ${rrset.type}`, { edns: {} })
          const tcp = await listed.server.ask(`${name} ${rrset.type}`, { transport: 'tcp' })
          expect(udp.answer.slice(0, expected.length)).to.have.members(expected)
          expect(tcp.answer.slice(0, expected.length)).to.have.members(expected)
        }
      }
    },
  )

  law(
    '`names` lists every Service and endpoint with the addresses that a plain reading of the objects gives',
    60,
    async ({ server, list, filter, canHaveAddresses }) => {
      for (const [name, addresses] of namesOf(server.store, filter)) {
        const rrsets = list.get(parseName(name)) ?? []
        const listed = rrsets.flatMap((rrset) =>
          rrset.type === 'A' || rrset.type === 'AAAA' ? rrset.rdata.map(({ address }) => address) : [],
        )
        const wanted = canHaveAddresses(name) ? [...addresses] : []
        // The hostname of one endpoint may be what another is called after its address or its Pod.
        const mayHaveMore = wanted.length > 0 && labelsOf(parseName(name)).length > serviceLabels
        if (mayHaveMore) expect(listed, name).to.include.members(wanted)
        else expect(listed, name).to.have.members(wanted)
      }
    },
  )

  law('every PTR record leads back to a name that resolves to the address', 60, async (listed) => {
    const { server } = listed
    for (const { owner, rdata } of rrsetsOf(listed, 'PTR')) {
      for (const { target } of rdata) {
        // As in CoreDNS, a slice has PTR records without its Service and without its namespace.
        if (!listed.canHaveAddresses(target)) continue
        expect(await addressesAt(server, target), `${owner} ${target}`).to.include(addressOfReverseName(owner))
      }
    }
  })

  law('every SRV target resolves to an address, and to what the additional section says of it', 60, async (listed) => {
    const { server } = listed
    for (const { owner, rdata } of rrsetsOf(listed, 'SRV')) {
      const { additional } = await askTcp(server, owner, 'SRV')
      const glue = new Set(additional.flatMap(formatRRset))
      for (const { target } of rdata) {
        const answers = await Promise.all((['A', 'AAAA'] as const).map((type) => askTcp(server, target, type)))
        const lines = answers.flatMap(({ answer }) => answer.flatMap(formatRRset))
        expect(lines, `${owner} leads to ${target}`).not.to.deep.equal([])
        const ofTarget = [...glue].filter((line) => line.startsWith(`${target} `))
        expect(lines, `${target} beside ${owner}`).to.include.members(ofTarget)
        expect(ofTarget, `${target} beside ${owner}`).not.to.deep.equal([])
      }
    }
  })

  law('every NS target resolves to its glue', 40, async (listed) => {
    for (const { owner, rdata } of rrsetsOf(listed, 'NS')) {
      // Of reverse zones it does not hold: test/cases/findings.test.ts.
      if (owner.endsWith('.arpa.')) continue
      for (const { target } of rdata) {
        if (!listed.canHaveAddresses(target) && !target.startsWith('ns.dns.')) continue
        expect(await addressesAt(listed.server, target), `${owner} ${target}`).not.to.deep.equal([])
      }
    }
  })

  law('above a name that exists nothing is NXDOMAIN (RFC 8020), whatever the type', 40, async ({ server, list }) => {
    const above = new Set([...list.keys()].flatMap((name) => [...enclosingNames(name)].filter(isServed)))
    for (const name of above) {
      for (const type of types) {
        expect(show(await askTcp(server, name, type)), `${name} ${type}`).to.include({ rcode: 'NOERROR' })
      }
    }
  })

  law('a name exists for every type, or for none', 40, async ({ server, list }) => {
    const beside = [...list.keys()].flatMap((name) => [name, `x.${name}`, `_tcp.${name}`, `h.${name}`])
    for (const name of beside.filter((each) => each.length < 240)) {
      const replies = await Promise.all(types.map((type) => askTcp(server, name, type)))
      expect(new Set(replies.map(({ rcode }) => rcode)), name).to.have.lengthOf(1)
    }
  })

  law('a zone transfer has each record once, and it is one that `names` lists', 40, async ({ server, list }) => {
    const listed = new Set([...list.values()].flat().flatMap(formatRRset))
    for (const zone of zones) {
      const messages = await server.exchangeAll(`${zone} AXFR`)
      const [soa, ...lines] = messages.flatMap(({ answer }) => answer.flatMap(formatRRset))
      expect(lines.pop(), zone).to.equal(soa)
      expect(
        lines.filter((line) => !listed.has(line)),
        zone,
      ).to.deep.equal([])
      expect(lines, zone).to.have.lengthOf(new Set(lines).size)
    }
  })

  law('letter case does not matter', 30, async ({ server, list }) => {
    for (const [name, rrsets] of list) {
      for (const { type } of rrsets) {
        const capitals = await askTcp(server, name.toUpperCase(), type)
        expect(show(capitals), name).to.deep.equal(show(await askTcp(server, name, type)))
      }
    }
  })

  law('a negative answer has one SOA record, a positive one has none in authority', 30, async ({ server, list }) => {
    for (const name of list.keys()) {
      for (const type of types) {
        const { answer, authority } = await askTcp(server, name, type)
        const expected = answer.length > 0 ? [] : [...zones, 'other.test.'].filter((zone) => isIn(name, zone))
        expect(
          authority.map(({ owner }) => owner),
          `${name} ${type}`,
        ).to.deep.equal(expected)
      }
    }
  })
})

/** Of `SERVICE.NAMESPACE.svc.cluster.local.` */
const serviceLabels = 5

function isServed(name: Name): boolean {
  return zones.some((zone) => isIn(name, zone)) || isIn(name, 'other.test.')
}

function isIn(name: Name, zone: string): boolean {
  return isSubdomain(name, parseName(zone)) && labelsOf(name).length >= labelsOf(parseName(zone)).length
}
