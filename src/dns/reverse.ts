import { canonicalAddress } from '../util/address.ts'
import { isSubdomain, labelsOf, type Name, nameOf } from './name.ts'

const ipv4Suffix = ['in-addr', 'arpa']
const ipv6Suffix = ['ip6', 'arpa']
const ipv4Zone = nameOf(ipv4Suffix)
const ipv6Zone = nameOf(ipv6Suffix)

/** Whether a name lies in one of the two trees of reverse names: RFC 1035 section 3.5, RFC 3596 section 2.5. */
export function isReverseName(name: Name): boolean {
  return isSubdomain(name, ipv4Zone) || isSubdomain(name, ipv6Zone)
}

/** The name that an address's PTR records stand at. */
export function reverseName(address: string): Name {
  return address.includes(':')
    ? nameOf([...[...digitsOf(address)].reverse(), ...ipv6Suffix])
    : nameOf([...address.split('.').reverse(), ...ipv4Suffix])
}

/** The address that a reverse name spells in full, or undefined. */
export function addressOfReverseName(name: Name): string | undefined {
  const labels = labelsOf(name).slice(0, -2).reverse()
  if (isSubdomain(name, ipv4Zone)) {
    return labels.length === 4 && labels.every(isOctet) ? labels.join('.') : undefined
  }
  if (!isSubdomain(name, ipv6Zone) || labels.length !== 32 || !labels.every(isNibble)) return undefined
  const groups = labels.join('').match(/.{4}/g) ?? []
  return canonicalAddress(groups.join(':'))
}

/**
 * What tells of an address whether its reverse name lies below `name`; undefined where no address's can.
 *
 * @param name in one of the two trees, and no whole address
 */
export function spellsBelow(name: Name): ((address: string) => boolean) | undefined {
  const labels = labelsOf(name).slice(0, -2).reverse()
  if (isSubdomain(name, ipv4Zone)) {
    if (labels.length > 3 || !labels.every(isOctet)) return undefined
    const start = labels.map((label) => `${label}.`).join('')
    return (address) => !address.includes(':') && address.startsWith(start)
  }
  if (labels.length > 31 || !labels.every(isNibble)) return undefined
  const start = labels.join('')
  return (address) => address.includes(':') && digitsOf(address).startsWith(start)
}

/** The 32 hexadecimal digits of an IPv6 address. */
function digitsOf(address: string): string {
  const [head = '', tail = ''] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === '' ? [] : tail.split(':')
  const zeros = '0000'.repeat(8 - before.length - after.length)
  return joinGroups(before) + zeros + joinGroups(after)
}

function joinGroups(groups: readonly string[]): string {
  return groups.map((group) => group.padStart(4, '0')).join('')
}

/** Without leading zeros: `012` is no octet of an address. */
function isOctet(label: string): boolean {
  return /^(0|[1-9]\d{0,2})$/.test(label) && Number(label) <= 255
}

function isNibble(label: string): boolean {
  return /^[0-9a-f]$/.test(label)
}
