import { CorefileError } from '../corefile/errors.ts'
import type { ServerKey } from '../corefile/model.ts'
import { type Name, root } from '../dns/name.ts'
import { formatAddress, type ListenAddress } from '../transport/listener.ts'
import type { Logger } from '../util/log.ts'
import type { ServerAddress } from './addresses.ts'
import { Overlaps } from './overlaps.ts'
import type { ServerGroup } from './server.ts'
import { serverLabel } from './server-label.ts'
import type { RunningBlock } from './zones.ts'

/** Where a key's zone is served: all of `addresses` together, or the one address that the block is bound to. */
export interface Place extends Pick<ServerGroup, 'addresses' | 'boundTo'> {
  /** The command line says so, and not the key. */
  readonly isMoved?: boolean
}

/** A zone at one place. */
export interface Serving {
  readonly key: ServerKey
  readonly place: Place
  readonly block: RunningBlock
  /** As the Corefile has it: a view that is refused has not come into the block. */
  readonly hasView: boolean
}

interface GroupDraft extends ServerGroup {
  readonly zones: Map<Name, RunningBlock[]>
  /** Those that have a block without a view. */
  readonly taken: Set<Name>
}

export interface GroupsOptions extends Pick<ServerGroup, 'changes' | 'metrics'> {
  /** The port of keys that name none. */
  readonly defaultPort: number
  readonly log: Logger
}

/** The zones of a Corefile by where they are served, as its blocks come one by one. */
export class Groups {
  readonly #options: GroupsOptions
  readonly #groups = new Map<string, GroupDraft>()
  readonly #overlaps = new Overlaps()

  constructor(options: GroupsOptions) {
    this.#options = options
  }

  /** In the order in which they were first asked for. */
  get all(): readonly ServerGroup[] {
    return [...this.#groups.values()]
  }

  /** The group of zones that listen there, which may have none so far. */
  at(place: Place): ServerGroup {
    return this.#draftAt(place)
  }

  /** @returns what keeps the zone from being served there: then it is as if it had not been asked for */
  add(serving: Serving): CorefileError | undefined {
    const { key, place, block, hasView } = serving
    const error = this.#overlap(serving) ?? this.#portTaken(serving)
    if (error !== undefined) return error
    const { addresses, zones, taken } = this.#draftAt(place)
    const isTaken = taken.has(key.zone)
    if (isTaken && !hasView) {
      // Two keys that differ in their ports alone meet where `--listen` puts both on one.
      const where = addresses.map(formatAddress).join(', ')
      return new CorefileError(key, `cannot serve ${key.scheme}://${key.zone} on ${where} - it is already defined`)
    }
    if (isTaken) this.#options.log.warning(shadowed(key))
    else if (!hasView) taken.add(key.zone)
    zones.set(key.zone, [...(zones.get(key.zone) ?? []), block])
    return undefined
  }

  #draftAt(place: Place): GroupDraft {
    const { addresses, boundTo } = place
    const id = `${addresses.map((at) => `${at.scheme}://${formatAddress(at)}`).join(' ')} ${boundTo ?? ''}`
    const { changes, metrics } = this.#options
    const shared = { changes, metrics, ...(boundTo !== undefined && { boundTo }) }
    const group = this.#groups.get(id) ?? { addresses, ...shared, zones: new Map(), taken: new Set() }
    this.#groups.set(id, group)
    return group
  }

  #overlap({ key, place: { boundTo, isMoved }, hasView }: Serving): CorefileError | undefined {
    if (isMoved === true) return undefined
    return this.#overlaps.add({ key, boundTo, hasView }, this.#options.defaultPort)
  }

  /** Where another scheme is served already: TCP of one port is either in plain text or secured. */
  #portTaken({ key, place: { addresses } }: Serving): CorefileError | undefined {
    const served = this.all.filter(({ zones }) => zones.size > 0).flatMap((group) => group.addresses)
    const by = served.find((one) => addresses.some((other) => one.scheme !== other.scheme && isSamePort(one, other)))
    if (by === undefined) return undefined
    const where = addresses.map((at: ServerAddress) => serverLabel(at)).join(', ')
    return new CorefileError(key, `cannot serve ${key.zone} at ${where} - the port is that of ${serverLabel(by)}`)
  }
}

/** A view comes too late; for DS the last block of a zone goes first, unless that is the root's (zones.ts). */
function shadowed({ file, line, zone }: ServerKey): string {
  const taken = zone === root ? 'all queries' : 'all queries but DS'
  return `plugin/view: ${file}:${line}: ${taken} for ${zone} go to a server block without a view that stands before this one`
}

function isSamePort(one: ListenAddress, other: ListenAddress): boolean {
  return one.port !== 0 && one.port === other.port && one.address === other.address
}
