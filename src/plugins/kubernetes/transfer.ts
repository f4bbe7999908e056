import type { EndpointSlice, Service, ServiceImport, ServicePort } from '../../cluster/model.ts'
import { TYPE } from '../../dns/iana.ts'
import { longestZone, type Name } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { isReverseName } from '../../dns/reverse.ts'
import type { TransferSource, ZoneSnapshot } from '../../plugin/transfer.ts'
import {
  clusterIpBackends,
  endpointBackends,
  externalTarget,
  nameTargets,
  namingOf,
  tryServiceName,
} from './backends.ts'
import { importBackends, importEndpointBackends } from './import-backends.ts'
import { lookupImport } from './multicluster.ts'
import { nameserverName, nameservers } from './nameservers.ts'
import type { Backend, PortSelector } from './node.ts'
import { cname, recordsOf, soa, type ZoneFacts } from './records.ts'
import { pointerRecords } from './transfer-pointers.ts'
import { isExposed, serviceOf, slicesOf, slicesOfImport, type View } from './view.ts'

/**
 * The zones of this plugin as a whole, in CoreDNS's order (xfr.go): name servers, their addresses, then what the zone
 * is for.
 *
 * Every record is one that a query is answered with. Left out, as in CoreDNS: dns-version, names of Pods, zonal names,
 * addresses at the names of ports, SRV records at those of endpoints.
 */
export function transferSource(view: View): TransferSource {
  return {
    zones: view.config.zones,
    snapshot: (zone) => snapshot(view, zone),
  }
}

/** Objects never change, so to hold those of one moment is to hold the zone as it was then. */
function snapshot(view: View, zone: Name): ZoneSnapshot {
  const { config, cluster } = view
  const facts = { zone, ttl: config.ttl, serial: cluster.serial }
  const ofServers = serverRecords(view, facts)
  const rest = isReverseName(zone) ? pointerRecords(view, facts) : holderRecords(holdersIn(view, zone), facts)
  const isOwn = ({ owner }: RRset) => longestZone(owner, config.zones) === zone
  return {
    soa: soa(facts),
    *records() {
      yield* ofServers
      for (const rrset of rest) if (isOwn(rrset)) yield rrset
    },
  }
}

/** The glue is that of `ns.dns.ZONE` alone, which the SOA names: what Services have comes with them. */
function serverRecords(view: View, facts: ZoneFacts): readonly RRset[] {
  const { servers } = nameservers(view, facts.zone)
  const apex = recordsOf({ kind: 'apex', nameservers: servers }, facts.zone, TYPE.NS, facts).answer
  const owner = nameserverName(facts.zone)
  return [
    ...apex,
    ...addressRecords(
      servers.map(({ address }) => ({ address, target: owner })),
      owner,
      facts,
    ),
  ]
}

/** What has a name of its own, with ports and endpoints below it. */
interface Holder {
  readonly namespace: string
  readonly name: string
  readonly ports: readonly Pick<ServicePort, 'name' | 'protocol'>[]
  backends(port?: PortSelector): readonly Backend[]
  /** Where it leads if it has no backends. */
  readonly alias?: Name
}

function holdersIn(view: View, zone: Name): readonly Holder[] {
  const { config, cluster } = view
  const isThere = ({ namespace }: Service | ServiceImport) => isExposed(view, namespace)
  const holders = config.multiclusterZones.includes(zone)
    ? cluster
        .list('ServiceImport')
        .filter((each) => isThere(each) && isFound(view, zone, each))
        .map((each) => importHolder(view, zone, each))
    : cluster
        .list('Service')
        .filter((each) => isThere(each) && serviceOf(view, each.namespace, each.name) !== undefined)
        .map((each) => serviceHolder(view, zone, each))
  // The store lists them by namespace and name, and sorting keeps that order among equals.
  return holders.toSorted((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0))
}

function serviceHolder(view: View, zone: Name, service: Service): Holder {
  const { namespace, name, ports } = service
  if (!service.headless) {
    const target = externalTarget(service)
    const backends = (port?: PortSelector) => clusterIpBackends(service, zone, port)
    return { namespace, name, ports, backends, ...(target && { alias: target }) }
  }
  const slices = slicesOf(view, namespace, name)
  return {
    namespace,
    name,
    ...ofSlices(slices),
    backends: (port) => endpointBackends(slices, namingOf(view.config, zone), port && { port }),
  }
}

/** Whether its name fits and has records: labels may leave it out, and so may `ignore empty_service`. */
function isFound(view: View, zone: Name, { namespace, name: service }: ServiceImport): boolean {
  if (tryServiceName({ namespace, name: service }, zone) === undefined) return false
  const { kind } = lookupImport(view, zone, { kind: 'service', namespace, service })
  return kind === 'backends' || kind === 'alias'
}

function importHolder(view: View, zone: Name, found: ServiceImport): Holder {
  const { namespace, name, ports } = found
  if (!found.headless) return { namespace, name, ports, backends: (port) => importBackends(found, zone, port) }
  const slices = slicesOfImport(view, namespace, name)
  return {
    namespace,
    name,
    ...ofSlices(slices),
    backends: (port) => importEndpointBackends(slices, namingOf(view.config, zone), port && { port }),
  }
}

function ofSlices(slices: readonly EndpointSlice[]): Pick<Holder, 'ports' | 'alias'> {
  const [target] = nameTargets(slices)
  return { ports: slices.flatMap(({ ports }) => ports), ...(target && { alias: target }) }
}

function* holderRecords(holders: readonly Holder[], facts: ZoneFacts): Generator<RRset, void> {
  for (const holder of holders) yield* recordsOfHolder(holder, facts)
}

/** None where a name does not fit in 255 octets: nobody can ask for it. */
function recordsOfHolder(holder: Holder, facts: ZoneFacts): readonly RRset[] {
  const owner = tryServiceName(holder, facts.zone)
  if (owner === undefined) return []
  const backends = holder.backends()
  if (backends.length === 0) return holder.alias === undefined ? [] : [cname(owner, holder.alias, facts.ttl)]
  return [
    ...addressRecords(backends, owner, facts),
    ...serviceRecords(backends, owner, facts),
    ...portRecords(holder, facts),
    ...endpointRecords(backends, owner, facts),
  ]
}

/** One RRset of SRV records for each named port; unnamed ones are at the Service's own name. */
function portRecords(holder: Holder, facts: ZoneFacts): RRset[] {
  const named = new Map<Name, PortSelector>()
  for (const { name: port, protocol } of holder.ports) {
    if (port === undefined || port === '') continue
    const selector = { port: port.toLowerCase(), protocol: protocol.toLowerCase() }
    const name = tryServiceName(holder, facts.zone, [`_${selector.port}`, `_${selector.protocol}`])
    if (name !== undefined) named.set(name, selector)
  }
  return [...named].flatMap(([owner, selector]) => serviceRecords(holder.backends(selector), owner, facts))
}

function endpointRecords(backends: readonly Backend[], service: Name, facts: ZoneFacts): RRset[] {
  const byTarget = Map.groupBy(backends, ({ target }) => target)
  byTarget.delete(service) // the target of a Service with cluster IPs
  return [...byTarget].flatMap(([target, own]) => addressRecords(own, target, facts))
}

function addressRecords(backends: readonly Backend[], owner: Name, facts: ZoneFacts): readonly RRset[] {
  return [TYPE.A, TYPE.AAAA].flatMap((qtype) => recordsOf({ kind: 'backends', backends }, owner, qtype, facts).answer)
}

function serviceRecords(backends: readonly Backend[], owner: Name, facts: ZoneFacts): readonly RRset[] {
  return recordsOf({ kind: 'backends', backends }, owner, TYPE.SRV, facts).answer
}
