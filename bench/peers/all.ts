import { dns2 } from './dns2.ts'
import { echo } from './echo.ts'
import { type ExternalPeer, external } from './external.ts'
import { knot } from './knot.ts'
import { kubeadm } from './kubeadm.ts'
import { nsd } from './nsd.ts'
import { ours } from './ours.ts'
import type { Peer } from './peer.ts'

export interface PeerOptions {
  /** The command of our server, up to where `serve` stands. */
  readonly server: readonly string[]
  readonly echo: string | undefined
  readonly external: readonly ExternalPeer[]
}

/** Every peer, in the order in which they take turns. */
export function allPeers(options: PeerOptions): Peer[] {
  return [
    ours('batched', options.server),
    ours('dgram', options.server),
    kubeadm(options.server),
    dns2(),
    knot(),
    nsd(),
    echo(options.echo),
    ...options.external.map(external),
  ]
}

/** A peer that does not take part, and why. */
export interface Skipped {
  readonly peer: string
  /** Undefined: in none. */
  readonly load?: string
  readonly reason: string
}

/** Tells those that can take part from those that are missing. */
export function present(peers: readonly Peer[]): {
  readonly peers: readonly Peer[]
  readonly skipped: readonly Skipped[]
} {
  return {
    peers: peers.filter(({ missing }) => missing === undefined),
    skipped: peers.flatMap(({ name, missing }) => (missing === undefined ? [] : [{ peer: name, reason: missing }])),
  }
}
