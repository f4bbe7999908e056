import type { Name } from '../../dns/name.ts'
import { canonicalAddress } from '../../util/address.ts'

/** One `transfer` of the Corefile: who may have which zones. */
export interface TransferRule {
  readonly zones: readonly Name[]
  /** `to *`. */
  readonly toAll: boolean
  /** As `peerAddress` gives them. */
  readonly to: ReadonlySet<string>
}

/** An address as peers are told apart by it: which interface a link-local one was reached through does not count. */
export function peerAddress(text: string): string {
  return canonicalAddress(text.replace(/%.*$/, ''))
}
