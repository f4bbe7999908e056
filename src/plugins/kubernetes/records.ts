import { TYPE, typeName } from '../../dns/iana.ts'
import { type Name, nameBelow } from '../../dns/name.ts'
import type { RdataByType, RRset, Seconds } from '../../dns/record.ts'
import { addressRRset, addressRRsets, srvWeight } from '../../plugin/cluster-records.ts'
import type { Step } from '../../plugin/reason.ts'
import { nameserverName } from './nameservers.ts'
import type { Backend, NameserverAddress, Node } from './node.ts'
import * as reasons from './reasons.ts'

/** DNS specification 2.2: the version of the schema that is answered by. */
const schemaVersion = '1.1.0'
const versionTtl: Seconds = 28_800
/** CoreDNS caps the SOA's own TTL, not its minimum. */
const maximumSoaTtl: Seconds = 300

/** What an answer is made of, before it is one. */
export interface Records {
  readonly answer: readonly RRset[]
  readonly additional: readonly RRset[]
}

const none: Records = { answer: [], additional: [] }

/** The zone a name was found in, as far as its records tell of it. */
export interface ZoneFacts {
  readonly zone: Name
  readonly ttl: Seconds
  readonly serial: number
}

/** A name's records of one type; none where it has others only (NODATA). */
export function recordsOf(node: Node, owner: Name, qtype: number, facts: ZoneFacts): Records {
  const { ttl } = facts
  switch (node.kind) {
    case 'apex':
      if (qtype === TYPE.SOA) return { answer: [soa(facts)], additional: [] }
      return qtype === TYPE.NS ? nameserverRecords(node.nameservers, owner, ttl) : none
    case 'dns-version':
      return qtype === TYPE.TXT ? { answer: [versionRecord(owner)], additional: [] } : none
    case 'backends':
      return backendRecords(node.backends, owner, qtype, ttl)
    case 'alias':
      return qtype === TYPE.CNAME ? { answer: [cname(owner, node.target, ttl)], additional: [] } : none
    case 'pointers': {
      if (qtype !== TYPE.PTR) return none
      return {
        answer: [{ owner, type: 'PTR', ttl, rdata: node.targets.map((target) => ({ target })) }],
        additional: [],
      }
    }
    case 'missing':
    case 'empty':
      return none
    default:
      return node satisfies never
  }
}

/** Why a name has these records of a type, or none. */
export function recordsStep(node: Node, { answer }: Records, qtype: number): Step {
  const type = typeName(qtype)
  const records = answer.reduce((sum, { rdata }) => sum + rdata.length, 0)
  if (records > 0) return reasons.answered({ type, records })
  if (node.kind !== 'backends') return reasons.noSuchType({ type })
  if (qtype === TYPE.SRV) return reasons.noPorts({})
  if (qtype !== TYPE.A && qtype !== TYPE.AAAA) return reasons.noSuchType({ type })
  return reasons.wrongFamily({ family: qtype === TYPE.A ? 'IPv6' : 'IPv4' })
}

/** The zone's SOA (CoreDNS plugin/backend_lookup.go has these figures). */
export function soa({ zone, ttl, serial }: ZoneFacts): RRset<'SOA'> {
  const rname = nameBelow(['hostmaster'], zone)
  const times = { refresh: 7200, retry: 1800, expire: 86_400, minimum: ttl }
  const rdata = { mname: nameserverName(zone), rname, serial, ...times }
  return { owner: zone, type: 'SOA', ttl: Math.min(ttl, maximumSoaTtl), rdata: [rdata] }
}

export function cname(owner: Name, target: Name, ttl: Seconds): RRset<'CNAME'> {
  return { owner, type: 'CNAME', ttl, rdata: [{ target }] }
}

function versionRecord(owner: Name): RRset<'TXT'> {
  return { owner, type: 'TXT', ttl: versionTtl, rdata: [{ strings: [schemaVersion] }] }
}

function backendRecords(backends: readonly Backend[], owner: Name, qtype: number, ttl: Seconds): Records {
  if (qtype === TYPE.SRV) return srvRecords(backends, owner, ttl)
  const addresses = backends.map(({ address }) => address)
  return { answer: addressRRset(qtype, owner, addresses, ttl), additional: [] }
}

function nameserverRecords(servers: readonly NameserverAddress[], owner: Name, ttl: Seconds): Records {
  if (servers.length === 0) return none
  const targets = groupByName(servers.map(({ name, address }) => [name, address]))
  return {
    answer: [{ owner, type: 'NS', ttl, rdata: [...targets.keys()].map((target) => ({ target })) }],
    additional: [...targets].flatMap(([name, addresses]) => addressRRsets(name, addresses, ttl)),
  }
}

/** One SRV record for each target and port (DNS specification 2.3.2, 2.4.2), with the addresses of the targets. */
function srvRecords(backends: readonly Backend[], owner: Name, ttl: Seconds): Records {
  const weight = srvWeight(backends.length)
  const rdata = new Map<string, RdataByType['SRV']>()
  for (const { port, target } of backends) {
    if (port !== undefined) rdata.set(`${port} ${target}`, { priority: 0, weight, port, target })
  }
  if (rdata.size === 0) return none
  const reachable = backends.filter(({ port }) => port !== undefined)
  const targets = groupByName(reachable.map(({ target, address }) => [target, address]))
  return {
    answer: [{ owner, type: 'SRV', ttl, rdata: [...rdata.values()] }],
    additional: [...targets].flatMap(([name, addresses]) => addressRRsets(name, addresses, ttl)),
  }
}

function groupByName(pairs: readonly (readonly [Name, string])[]): Map<Name, string[]> {
  const byName = new Map<Name, string[]>()
  for (const [name, address] of pairs) {
    const addresses = byName.get(name)
    if (addresses === undefined) byName.set(name, [address])
    else addresses.push(address)
  }
  return byName
}
