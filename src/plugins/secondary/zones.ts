/**
 * secondary: answers for zones that are transferred from other servers (RFC 1034 section 4.3.5, RFC 5936).
 *
 * A zone looks after itself (zone.ts), by asking its primaries (primary.ts, incoming.ts). Here are all of them: those of the
 * Corefile, and the members of catalogs (catalog.ts, RFC 9432), which come and go. What is answered from a zone is the same for every
 * plugin with such zones: plugin/zone/.
 */
import { isSubdomain, type Name } from '../../dns/name.ts'
import { type Catalog, type Member, readCatalog } from './catalog.ts'
import type { SecondaryConfig, ZoneConfig } from './config.ts'
import { type SecondaryContext, SecondaryZone, type SecondaryZoneOptions } from './zone.ts'

/** Of every answer: members of catalogs come and go. */
export const zonesTag = 'secondary:zones'

/** A zone that a catalog has brought. */
interface OwnedZone {
  readonly catalog: Name
  readonly id: string
}

export class SecondaryZones {
  readonly #config: SecondaryConfig
  readonly #context: SecondaryContext
  readonly #random: () => number
  readonly #zones = new Map<Name, SecondaryZone>()
  /** As they are by now, by their origins. */
  readonly #catalogs = new Map<Name, Catalog>()
  /** Those of `#zones` that are not in the Corefile. */
  readonly #owned = new Map<Name, OwnedZone>()

  constructor(config: SecondaryConfig, context: SecondaryContext, random: () => number = Math.random) {
    this.#config = config
    this.#context = context
    this.#random = random
    for (const [origin, zone] of config.zones) this.#zones.set(origin, this.#make(origin, zone))
  }

  /** By now; the map itself stays. */
  get zones(): ReadonlyMap<Name, SecondaryZone> {
    return this.#zones
  }

  start(): void {
    for (const zone of this.#zones.values()) zone.start()
  }

  stop(): void {
    for (const zone of this.#zones.values()) zone.stop()
  }

  #make(
    origin: Name,
    { primaries, memberZones }: ZoneConfig,
    more: Pick<SecondaryZoneOptions, 'zone'> = {},
  ): SecondaryZone {
    const ofCatalog: Pick<SecondaryZoneOptions, 'check' | 'onTransferred'> =
      memberZones === undefined ? {} : { check: readCatalog, onTransferred: (zone) => this.#apply(readCatalog(zone)) }
    return new SecondaryZone({ origin, primaries, random: this.#random, ...ofCatalog, ...more }, this.#context)
  }

  /** Takes in the members that a catalog has by now, and lets go of those that it has no longer. */
  #apply(catalog: Catalog): void {
    const { origin } = catalog
    this.#catalogs.set(origin, catalog)
    const members = [...catalog.members.values()]
    const allowed = members.filter(({ zone }) => this.#isAllowed(origin, zone))
    for (const member of allowed) this.#takeIn(member, origin)
    const kept = new Set(allowed.map(({ zone }) => zone))
    for (const [zone, { catalog: owner }] of this.#owned)
      if (owner === origin && !kept.has(zone)) this.#remove(zone, origin)
    const rejected = members.length - allowed.length
    if (rejected > 0) {
      this.#warn(`Skipped ${rejected} member zones from catalog ${origin}: outside configured member zones`)
    }
    this.#info(`Parsed catalog zone ${origin} with ${members.length} member zones`)
  }

  #isAllowed(catalog: Name, zone: Name): boolean {
    const { memberZones = [] } = this.#config.zones.get(catalog) ?? {}
    return memberZones.length === 0 || memberZones.some((each) => isSubdomain(zone, each))
  }

  #takeIn(member: Member, catalog: Name): void {
    const { zone, id } = member
    const owner = this.#owned.get(zone)
    if (owner === undefined && !this.#zones.has(zone)) {
      this.#put(member, catalog)
      this.#info(`Added catalog member zone ${zone} from catalog ${catalog}`)
    } else if (owner?.catalog === catalog) {
      if (owner.id === id) return
      this.#put(member, catalog)
      this.#info(`Reset catalog member zone ${zone} from ${catalog} after member ID changed from ${owner.id} to ${id}`)
    } else if (owner === undefined || !this.#isGivenUp(zone, owner, catalog)) {
      this.#warn(`Skipping catalog member zone ${zone} from ${catalog}: zone already exists`)
    } else {
      this.#migrate(member, owner, catalog)
    }
  }

  /** RFC 9432 section 4.3.1: the catalog that has the zone names the one that may have it. */
  #isGivenUp(zone: Name, owner: OwnedZone, to: Name): boolean {
    return this.#catalogs.get(owner.catalog)?.members.get(zone)?.changeOfOwnership === to
  }

  /** The zone stays as it is if it is the same member (section 5.4). */
  #migrate(member: Member, owner: OwnedZone, catalog: Name): void {
    const { zone, id } = member
    const from = this.#catalogs.get(owner.catalog)?.members.get(zone)?.id
    const isSame = owner.id === from && from === id
    const known = this.#zones.get(zone)?.zone
    this.#put(member, catalog, isSame && known !== undefined ? { zone: known } : {})
    const migrated = `Migrated catalog member zone ${zone} from catalog ${owner.catalog} to ${catalog}`
    if (isSame) this.#info(`${migrated}, preserving state for member ID ${id}`)
    else this.#info(`${migrated} with state reset after member identity changed from ${from} to ${id}`)
  }

  /** In place of the one that is there, if there is one. It comes from where its catalog does. */
  #put({ zone: origin, id }: Member, catalog: Name, more: Pick<SecondaryZoneOptions, 'zone'> = {}): void {
    const { primaries = [] } = this.#config.zones.get(catalog) ?? {}
    this.#zones.get(origin)?.stop()
    const zone = this.#make(origin, { primaries }, more)
    this.#zones.set(origin, zone)
    this.#owned.set(origin, { catalog, id })
    this.#context.invalidate([zonesTag])
    zone.start()
  }

  #remove(zone: Name, catalog: Name): void {
    this.#zones.get(zone)?.stop()
    this.#zones.delete(zone)
    this.#owned.delete(zone)
    this.#context.invalidate([zonesTag])
    this.#info(`Removed catalog member zone ${zone} from catalog ${catalog}`)
  }

  #info(line: string): void {
    this.#context.log.info(`plugin/secondary: ${line}`)
  }

  #warn(line: string): void {
    this.#context.log.warning(`plugin/secondary: ${line}`)
  }
}
