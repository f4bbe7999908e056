/**
 * bench/peers: the servers that are compared, one file each.
 *
 * This file is what they have in common; all.ts lists them. Start here.
 */

/** A server that may take part. */
export interface Peer {
  readonly name: string
  /** With its version, for people. */
  readonly title: string
  /** Why it cannot take part on this machine; undefined: it can. */
  readonly missing: string | undefined
  /** An external one: who runs it answers for its names, so a load that it answers otherwise is passed over. */
  readonly isExternal?: boolean
  /** @throws Error it ended at once, with what it said */
  start(site: Site): Promise<RunningPeer>
}

/** What a peer is to serve, and where. */
export interface Site {
  /** A free port of the loopback address. */
  readonly host: string
  readonly port: number
  /** The cluster as manifests, and the same as a zone file. */
  readonly manifests: string
  readonly zoneFile: string
  /** For its own files: it exists, is empty, and is the caller's to remove. */
  readonly folder: string
}

export interface RunningPeer {
  readonly host: string
  readonly port: number
  /** All its processes, whose CPU time is counted; none: it is not known. */
  pids(): readonly number[]
  /** Lines that it has printed, the last ones if they are many. */
  readonly lines: readonly string[]
  stop(): Promise<void>
}
