import { TYPE } from '../../dns/iana.ts'
import { longestZone, type Name } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { isReverseName, reverseName } from '../../dns/reverse.ts'
import type { ExternalService, ExternalSource } from '../../plugin/external.ts'
import type { Offers } from '../../plugin/offers.ts'
import type { TransferSource, ZoneSnapshot } from '../../plugin/transfer.ts'
import type { ExternalConfig } from './config.ts'
import type { Node } from './find.ts'
import { aliasOf, cname, pointerRecords, recordsOf, serviceName, soa, type ZoneFacts } from './records.ts'

/**
 * The zones of this plugin as a whole, in CoreDNS's order (transfer.go): the name server, Services with external
 * addresses, then those that have endpoints alone.
 *
 * Every record is one that a query is answered with. Left out: addresses at the names of ports, and SRV records at those
 * of endpoints.
 */
export function transferSource(config: ExternalConfig, offers: Pick<Offers, 'external'>): TransferSource {
  return {
    get zones() {
      return offers.external === undefined ? [] : config.zones
    },
    snapshot(zone) {
      if (offers.external === undefined) throw new TypeError('a zone is transferred only where it is offered')
      return snapshot(config, offers.external, zone)
    },
  }
}

function snapshot(config: ExternalConfig, source: ExternalSource, zone: Name): ZoneSnapshot {
  const facts = { config, zone, serial: source.serial(), clusterTtl: source.ttl }
  const { addresses } = source.nameservers(config.headless)
  const ofServer = recordsOf({ kind: 'apex', addresses }, zone, TYPE.NS, facts)
  const services = source.services(config.headless)
  const isOwn = ({ owner }: RRset) => longestZone(owner, config.zones) === zone
  return {
    soa: soa(facts),
    *records() {
      yield* [...ofServer.answer, ...ofServer.additional]
      if (isReverseName(zone)) yield* pointers(services, config).filter(isOwn)
      else for (const service of services) yield* serviceRecords(service, facts).filter(isOwn)
    },
  }
}

/** None where a name does not fit in 255 octets: nobody can ask for it. */
function serviceRecords(service: ExternalService, facts: ZoneFacts): RRset[] {
  const nodeOf = (selector?: Parameters<ExternalService['backends']>[0]): Node => {
    return { kind: 'service', service, backends: service.backends(selector) }
  }
  const named = (below: readonly string[], node: Node, qtypes: readonly number[]) => {
    const owner = serviceName(service, facts.zone, below)
    return owner === undefined ? [] : recordsAt(owner, node, qtypes, facts)
  }
  const labels = service.backends().flatMap(({ endpoint }) => endpoint ?? [])
  return [
    ...named([], nodeOf(), [TYPE.A, TYPE.AAAA, TYPE.SRV]),
    ...service.ports.flatMap((port) => named([`_${port.port}`, `_${port.protocol}`], nodeOf({ port }), [TYPE.SRV])),
    ...[...new Set(labels)].flatMap((endpoint) => named([endpoint], nodeOf({ endpoint }), [TYPE.A, TYPE.AAAA])),
  ]
}

/** A name with a CNAME has nothing else (RFC 2181 section 10.1), though its SRV records are answered. */
function recordsAt(owner: Name, node: Node, qtypes: readonly number[], facts: ZoneFacts): readonly RRset[] {
  const alias = aliasOf(node)
  if (alias !== undefined && qtypes.includes(TYPE.A)) return [cname(owner, alias, facts.clusterTtl)]
  return qtypes.flatMap((qtype) => recordsOf(node, owner, qtype, facts).answer)
}

/** Endpoints have no PTR records in these zones. */
function pointers(services: readonly ExternalService[], config: ExternalConfig): RRset[] {
  const pairs = services.flatMap((service) => {
    const hosts = service.backends().filter(({ endpoint }) => endpoint === undefined)
    const addresses = hosts.flatMap(({ host }) => (host.kind === 'address' ? [host.address] : []))
    return [...new Set(addresses)].map((address) => ({ address, service }))
  })
  return [...Map.groupBy(pairs, ({ address }) => address)].flatMap(([address, of]) =>
    pointerRecords(
      of.map(({ service }) => service),
      reverseName(address),
      config,
    ),
  )
}
