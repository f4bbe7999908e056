import { CorefileError } from '../corefile/errors.ts'
import type { ServerKey } from '../corefile/model.ts'
import { formatServerKey } from '../corefile/server-key.ts'

/**
 * The zones that are served so far, and at which addresses, where `bind` names some.
 *
 * What is not bound takes every address: the same zone on the same port cannot be both. A block with a view leaves its zone
 * to others as well: it may stand beside any at the same addresses, in whatever order.
 */
export class Overlaps {
  /** By scheme, zone and port: the addresses in their order; undefined stands for all of them. */
  readonly #served = new Map<string, (string | undefined)[]>()

  /** @returns what keeps the zone from being served there: then it is as if it had not been asked for */
  add({ key, boundTo, hasView }: Serving, defaultPort: number): CorefileError | undefined {
    const zone = formatServerKey(key, defaultPort)
    const others = this.#served.get(zone) ?? []
    const fail = (why: string) => new CorefileError(key, `cannot serve ${at(zone, boundTo)} - ${why}`)
    if (others.includes(boundTo)) return hasView ? undefined : fail('it is already defined')
    const overlapped = boundTo === undefined ? others.slice(-1) : others.filter((other) => other === undefined)
    if (overlapped.length > 0) return fail(`zone overlap listener capacity with ${at(zone, overlapped[0])}`)
    if (!hasView) this.#served.set(zone, [...others, boundTo])
    return undefined
  }
}

/** One zone at one place. */
interface Serving {
  readonly key: ServerKey
  readonly boundTo: string | undefined
  readonly hasView: boolean
}

function at(zone: string, address: string | undefined): string {
  return address === undefined ? zone : `${zone} on ${address}`
}
