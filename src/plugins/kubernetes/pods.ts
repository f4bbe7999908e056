import { isIP } from 'node:net'
import type { Address, Pod } from '../../cluster/model.ts'
import type { Label } from '../../dns/name.ts'
import { canonicalAddress, withoutZoneId } from '../../util/address.ts'
import { podsAt, type View } from './view.ts'

/**
 * The address that a Pod's name spells: `10-244-0-12`, `fd00--12`.
 *
 * Three dashes, none doubled, are an IPv4 address; all else is tried as IPv6 (CoreDNS kubernetes.go).
 */
export function addressOfPodLabel(label: Label): Address | undefined {
  // Dots, colons or a zone (`%eth0`) in the label would make an address of it as well.
  if (!/^[0-9a-f-]+$/.test(label)) return undefined
  const isIPv4 = label.split('-').length === 4 && !label.includes('--')
  const text = label.replaceAll('-', isIPv4 ? '.' : ':')
  return isIP(text) === 0 ? undefined : canonicalAddress(text)
}

/**
 * The Pod that a client is: the first, where Pods share their node's address.
 *
 * Only with `pods verified`, as in CoreDNS: only then are Pods known.
 */
export function clientPod(view: View, address: string): Pod | undefined {
  const plain = withoutZoneId(address)
  return view.config.pods === 'verified' && isIP(plain) !== 0 ? podsAt(view, canonicalAddress(plain))[0] : undefined
}

/** Whether a Pod of this namespace has the address: what `pods verified` asks. */
export function isPodAddress(view: View, namespace: string, address: Address): boolean {
  return podsAt(view, address).some((pod) => pod.namespace === namespace)
}
