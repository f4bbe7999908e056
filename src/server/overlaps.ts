import { CorefileError } from '../corefile/errors.ts'
import type { ServerKey } from '../corefile/model.ts'
import { formatServerKey } from '../corefile/server-key.ts'

/**
 * The zones that are served so far, and at which addresses, where `bind` names some.
 *
 * What is not bound takes every address: the same zone on the same port cannot be both.
 */
export class Overlaps {
  /** By scheme, zone and port: the addresses in their order; undefined stands for all of them. */
  readonly #served = new Map<string, (string | undefined)[]>()

  /** @returns what keeps the zone from being served there: then it is as if it had not been asked for */
  add(key: ServerKey, boundTo: string | undefined, defaultPort: number): CorefileError | undefined {
    const zone = formatServerKey(key, defaultPort)
    const others = this.#served.get(zone) ?? []
    const fail = (why: string) => new CorefileError(key, `cannot serve ${at(zone, boundTo)} - ${why}`)
    if (others.includes(boundTo)) return fail('it is already defined')
    const overlapped = boundTo === undefined ? others.slice(-1) : others.filter((other) => other === undefined)
    if (overlapped.length > 0) return fail(`zone overlap listener capacity with ${at(zone, overlapped[0])}`)
    this.#served.set(zone, [...others, boundTo])
    return undefined
  }
}

function at(zone: string, address: string | undefined): string {
  return address === undefined ? zone : `${zone} on ${address}`
}
