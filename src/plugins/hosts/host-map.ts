import { isIP } from 'node:net'
import { enclosingNames, longestZone, type Name, root, tryParseName } from '../../dns/name.ts'
import { canonicalAddress, familyOf, withoutZoneId } from '../../util/address.ts'

/** The hosts of one text, in the form of hosts(5). */
export interface HostMap {
  /** By family and name; `*.` before a name stands for any one label. */
  readonly addresses: Readonly<Record<4 | 6, ReadonlyMap<Name, readonly string[]>>>
  readonly names: ReadonlyMap<string, readonly Name[]>
  /** Addresses of names and names of addresses together. */
  readonly size: number
}

export interface ReadOptions {
  readonly zones: readonly Name[]
  readonly hasReverse: boolean
}

/** What is no address, no name, or in none of the zones is passed over. */
export function readHosts(text: string, { zones, hasReverse }: ReadOptions): HostMap {
  const addresses = { 4: new Map<Name, string[]>(), 6: new Map<Name, string[]>() }
  const names = new Map<string, Name[]>()
  let size = 0
  const add = <K, V>(map: Map<K, V[]>, key: K, value: V) => {
    const values = map.get(key)
    if (values === undefined) map.set(key, [value])
    else values.push(value)
    size++
  }
  for (const { address, name } of entriesOf(text)) {
    if (longestZone(name, zones) === undefined) continue
    add(addresses[familyOf(address)], name, address)
    if (hasReverse && !name.startsWith('*.')) add(names, address, name)
  }
  return { addresses, names, size }
}

/** The addresses of one family that a name has, or else one with `*` in the place of its first label. */
export function addressesOf({ addresses }: HostMap, family: 4 | 6, name: Name): readonly string[] {
  const map = addresses[family]
  return map.get(name) ?? map.get(wildcardOf(name)) ?? []
}

function wildcardOf(name: Name): Name {
  const [, parent = root] = enclosingNames(name)
  return parent === root ? root : (`*.${parent}` as Name) // a label before a name that had one
}

interface Entry {
  /** Canonical. */
  readonly address: string
  readonly name: Name
}

function* entriesOf(text: string): Generator<Entry> {
  for (const line of text.split('\n')) {
    const [first = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    const address = parseHostAddress(first)
    if (address === undefined) continue
    for (const each of names) {
      const name = tryParseName(each)
      if (name !== undefined) yield { address, name }
    }
  }
}

/** In its canonical form, without the zone id; undefined: it is none. */
export function parseHostAddress(text: string): string | undefined {
  const address = withoutZoneId(text)
  return isIP(address) === 0 ? undefined : canonicalAddress(address)
}
