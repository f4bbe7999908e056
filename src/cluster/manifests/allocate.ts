import type { Address } from '../model.ts'
import { type AddressRange, addressAt } from './addresses.ts'
import { hash32 } from './hash.ts'

export interface Allocation {
  /** By key. */
  readonly addresses: ReadonlyMap<string, Address>
  /** Keys for which no address was left. */
  readonly failed: readonly string[]
}

export interface AllocateOptions {
  /** Addresses that somebody has already, canonical. */
  readonly taken: ReadonlySet<Address>
  /** Places after the network address that are given to nobody, as if taken. */
  readonly reserved: readonly number[]
}

/**
 * Gives each key an address of `range`.
 *
 * A hash of the key picks the place, and who finds it taken goes on to the next free one, in sorted order of keys:
 * the result depends on the set of keys alone, and a key more or less seldom moves another one. Network and broadcast
 * address (in IPv6 the last one likewise) are given to nobody.
 */
export function allocate(keys: Iterable<string>, range: AddressRange, options: AllocateOptions): Allocation {
  const addresses = new Map<string, Address>()
  const failed: string[] = []
  const used = new Set(options.taken)
  for (const key of [...keys].sort()) {
    // Once the range is full it stays full.
    const address = failed.length === 0 ? firstFree(hash32(key), range, { ...options, taken: used }) : undefined
    if (address === undefined) {
      failed.push(key)
    } else {
      used.add(address)
      addresses.set(key, address)
    }
  }
  return { addresses, failed }
}

function firstFree(hash: number, range: AddressRange, { taken, reserved }: AllocateOptions): Address | undefined {
  const usable = range.size - 2
  for (let step = 0; step < usable; step++) {
    const offset = 1 + ((hash + step) % usable)
    if (reserved.includes(offset)) continue
    const address = addressAt(range, offset)
    if (!taken.has(address)) return address
  }
  return undefined
}
