import { TYPE, typeName } from '../../dns/iana.ts'
import { formatLabels, labelsOf, type Name, nameBelow, tryParseName } from '../../dns/name.ts'
import type { RdataByType, RRset, Seconds } from '../../dns/record.ts'
import { addressRRset, addressRRsets, srvWeight } from '../../plugin/cluster-records.ts'
import type { ExternalBackend } from '../../plugin/external.ts'
import type { Step } from '../../plugin/reason.ts'
import type { ExternalConfig } from './config.ts'
import type { Node, ServiceId } from './find.ts'
import * as reasons from './reasons.ts'

/** What of a zone its records tell. */
export interface ZoneFacts {
  readonly config: ExternalConfig
  readonly zone: Name
  readonly serial: number
  /** The TTL of SRV and CNAME records. */
  readonly clusterTtl: Seconds
}

export interface Records {
  readonly answer: readonly RRset[]
  readonly additional: readonly RRset[]
  /** Whose addresses belong into the additional section, too: load balancers known by a name. */
  readonly hosts: readonly Name[]
}

const none: Records = { answer: [], additional: [], hosts: [] }

/** A name's records of one type, without what a CNAME leads to; none where it has others only (NODATA). */
export function recordsOf(node: Node, owner: Name, qtype: number, facts: ZoneFacts): Records {
  const { config } = facts
  switch (node.kind) {
    case 'apex':
      if (qtype === TYPE.SOA) return { ...none, answer: [soa(facts)] }
      return qtype === TYPE.NS ? nameserverRecords(node.addresses, facts) : none
    case 'nameserver':
      return { ...none, answer: addressRRset(qtype, owner, node.addresses, config.ttl) }
    case 'service':
      return serviceRecords(node, owner, qtype, facts)
    case 'pointers':
      return qtype === TYPE.PTR ? { ...none, answer: pointerRecords(node.services, owner, config) } : none
    case 'missing':
    case 'empty':
      return none
    default:
      return node satisfies never
  }
}

/** Where a name leads, if it has no address: CNAME, of which a name has one and nothing beside it (RFC 2181 section 10.1). */
export function aliasOf(node: Node): Name | undefined {
  if (node.kind !== 'service' || addressesOf(node.backends).length > 0) return undefined
  return namesOf(node.backends)[0]
}

/** Why a name has these records of a type, or none. */
export function recordsStep(node: Node, { answer }: Records, qtype: number): Step {
  const type = typeName(qtype)
  const records = answer.reduce((sum, { rdata }) => sum + rdata.length, 0)
  if (records > 0) return reasons.answered({ type, records })
  if (node.kind !== 'service' || aliasOf(node) !== undefined) return reasons.noSuchType({ type })
  if (qtype === TYPE.SRV) return reasons.noPorts({})
  if (qtype !== TYPE.A && qtype !== TYPE.AAAA) return reasons.noSuchType({ type })
  return reasons.wrongFamily({ family: qtype === TYPE.A ? 'IPv6' : 'IPv4' })
}

/** The zone's SOA (CoreDNS apex.go has these figures, and its README others). */
export function soa({ config, zone, serial }: ZoneFacts): RRset<'SOA'> {
  const rname = nameBelow(['hostmaster', config.apex], zone)
  const times = { refresh: 7200, retry: 1800, expire: 86_400, minimum: config.ttl }
  const rdata = { mname: nameserverName(config, zone), rname, serial, ...times }
  return { owner: zone, type: 'SOA', ttl: config.ttl, rdata: [rdata] }
}

export function cname(owner: Name, target: Name, ttl: Seconds): RRset<'CNAME'> {
  return { owner, type: 'CNAME', ttl, rdata: [{ target }] }
}

/** `ns1.APEX.ZONE`. */
function nameserverName({ apex }: ExternalConfig, zone: Name): Name {
  return nameBelow(['ns1', apex], zone)
}

function nameserverRecords(addresses: readonly string[], { config, zone }: ZoneFacts): Records {
  const target = nameserverName(config, zone)
  const ns: RRset<'NS'> = { owner: zone, type: 'NS', ttl: config.ttl, rdata: [{ target }] }
  return { ...none, answer: [ns], additional: addressRRsets(target, addresses, config.ttl) }
}

function serviceRecords(node: Node & { kind: 'service' }, owner: Name, qtype: number, facts: ZoneFacts): Records {
  if (qtype === TYPE.SRV) return srvRecords(node, owner, facts)
  return { ...none, answer: addressRRset(qtype, owner, addressesOf(node.backends), facts.config.ttl) }
}

/** One SRV record for each target and port, with the addresses of the targets. */
function srvRecords({ service, backends }: Node & { kind: 'service' }, owner: Name, facts: ZoneFacts): Records {
  const weight = srvWeight(backends.length)
  const reachable = backends.flatMap((backend) => {
    const { host, port } = backend
    const target = host.kind === 'name' ? host.name : targetName(service, facts.zone, backend)
    return port === undefined || target === undefined ? [] : [{ host, port, target }]
  })
  if (reachable.length === 0) return none
  const rdata = new Map<string, RdataByType['SRV']>()
  for (const { port, target } of reachable) rdata.set(`${port} ${target}`, { priority: 0, weight, port, target })
  const ofAddresses = reachable.filter(({ host }) => host.kind === 'address')
  const glue = [...Map.groupBy(ofAddresses, ({ target }) => target)]
  return {
    answer: [{ owner, type: 'SRV', ttl: facts.clusterTtl, rdata: [...rdata.values()] }],
    additional: glue.flatMap(([target, of]) => addressRRsets(target, addressesOf(of), facts.config.ttl)),
    hosts: namesOf(reachable),
  }
}

/** `SERVICE.NAMESPACE.ZONE` or an endpoint below it; undefined where that is too long for a name. */
function targetName(service: ServiceId, zone: Name, { endpoint }: ExternalBackend): Name | undefined {
  return serviceName(service, zone, endpoint === undefined ? [] : [endpoint])
}

/** `LABELS.SERVICE.NAMESPACE.ZONE`; undefined where that is too long for a name. */
export function serviceName(
  { namespace, name }: ServiceId,
  zone: Name,
  below: readonly string[] = [],
): Name | undefined {
  return tryParseName(formatLabels([...below, name, namespace, ...labelsOf(zone)]))
}

export function pointerRecords(
  services: readonly ServiceId[],
  owner: Name,
  { primaryZone, ttl }: ExternalConfig,
): RRset[] {
  const rdata = services.flatMap((service) => {
    const target = serviceName(service, primaryZone)
    return target === undefined ? [] : [{ target }]
  })
  return rdata.length === 0 ? [] : [{ owner, type: 'PTR', ttl, rdata }]
}

type Hosted = readonly Pick<ExternalBackend, 'host'>[]

function addressesOf(backends: Hosted): string[] {
  return backends.flatMap(({ host }) => (host.kind === 'address' ? [host.address] : []))
}

/** Each once. */
function namesOf(backends: Hosted): Name[] {
  return [...new Set(backends.flatMap(({ host }) => (host.kind === 'name' ? [host.name] : [])))]
}
