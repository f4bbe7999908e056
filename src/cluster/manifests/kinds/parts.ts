/** Parts that several kinds have. */
import type { Address, ServicePort } from '../../model.ts'
import { type Family, familyOf, parseAddress, specialUse } from '../addresses.ts'
import { child, choiceAt, type Field, integerAt, isBlank, refuse, stringOf } from '../field.ts'

const protocols = ['TCP', 'UDP', 'SCTP'] as const

/** IsValidPortNum. */
export const portNumbers = { min: 1, max: 65535 } as const

/** What `refuseRepeats` expects of a second address. */
export const otherFamily = 'one of the other family'

/** A port's protocol, TCP unless another is given; a wrong one is reported. */
export function protocolAt(port: Field): ServicePort['protocol'] {
  return choiceAt(port, 'protocol', { words: protocols, fallback: 'TCP' }) ?? 'TCP'
}

/** A port number that must be given; undefined, and reported, where it is not. */
export function portAt(port: Field, name: string): number | undefined {
  refuseMissing(port, name, `a number from ${portNumbers.min} to ${portNumbers.max}`)
  return integerAt(port, name, portNumbers)
}

/** Reports a child that must be there and is not; says nothing of one that is there. */
export function refuseMissing(parent: Field, name: string, expected: string): void {
  const field = child(parent, name)
  if (isBlank(field)) refuse(field, expected)
}

/** The address a field holds, in canonical form; anything else is reported. */
export function addressOf(field: Field, family?: Family): Address | undefined {
  const text = isBlank(field) ? '' : stringOf(field)
  if (text === undefined) return undefined
  const address = parseAddress(text)
  if (address !== undefined && (family === undefined || familyOf(address) === family)) return address
  refuse(field, `an ${family ?? 'IP'} address${addressHint(text)}`)
  return undefined
}

/** What is wrong with text that looks like an address, in words that follow `an IP address`. */
function addressHint(text: string): string {
  if (/^\d+(\.\d+){3}$/.test(text) && /(^|\.)0\d/.test(text)) return ' without leading zeros'
  if (/^::ffff:/i.test(text)) return ', not an IPv4 address mapped into IPv6'
  if (text.includes('%')) return ' without a zone'
  return text.includes('/') ? ' without a prefix length' : ''
}

/** An address that others are to connect to. */
export function usableAddressOf(field: Field, family?: Family): Address | undefined {
  const address = addressOf(field, family)
  const use = address === undefined ? undefined : specialUse(address)
  if (use === undefined) return address
  refuse(field, 'one that others can reach', `${use}, ${address}`)
  return undefined
}

/** Reports the second of two items of a list that have the same key; says which one has it first. */
export function refuseRepeats<T>(
  items: readonly T[],
  keyOf: (item: T) => Repeatable | undefined,
  expected = 'one of its own',
): void {
  const seen = new Map<string, Field>()
  for (const item of items) {
    const repeatable = keyOf(item)
    if (repeatable === undefined) continue
    const { key, field } = repeatable
    const first = seen.get(key)
    if (first === undefined) seen.set(key, field)
    else refuse(field, expected, `${key}, which ${first.path} has too`)
  }
}

export interface Repeatable {
  readonly key: string
  readonly field: Field
}
