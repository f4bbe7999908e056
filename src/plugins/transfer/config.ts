import type { Name } from '../../dns/name.ts'
import type { SocketAddress } from '../../util/address.ts'

/** One `transfer` of the Corefile: who may have which zones, and is told of their changes. */
export interface TransferRule {
  readonly zones: readonly Name[]
  /** As they are written; `*` is everybody, who cannot be told. */
  readonly to: readonly ('*' | SocketAddress)[]
  /** The addresses in `to`, as `peerAddress` gives them. */
  readonly addresses: ReadonlySet<string>
  /** Where NOTIFY comes from; undefined: the system chooses. */
  readonly source: string | undefined
}
