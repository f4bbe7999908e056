/**
 * What a directive sets outside of the chain: for the sockets of its server block, or for the whole process. `server`
 * and `cli` act on it; other plugins do not see it.
 */

export interface Settings {
  /** The Corefile is read again and again; of several in a process the last counts. */
  readonly reload?: ReloadSettings
  /** Lines of the level `debug` are written, by the whole process. */
  readonly debug?: boolean
  /** For the TCP connections of the sockets that the block is served at; of several blocks the last counts. */
  readonly tcp?: TcpSettings
}

export interface ReloadSettings {
  readonly intervalMs: number
  /** The interval is drawn anew with each load, from a span of this length around `intervalMs`; at most half of it. */
  readonly jitterMs: number
}

/** What is absent stays as it is by default (transport/tcp/limits.ts). */
export interface TcpSettings {
  readonly readTimeoutMs?: number
  readonly writeTimeoutMs?: number
  readonly idleTimeoutMs?: number
  /** Of one connection, which ends behind the last; Infinity: any number. */
  readonly maxQueries?: number
}

/** Those of several plugins of one block. */
export function mergeSettings(settings: readonly Settings[]): Settings {
  return Object.assign({}, ...settings)
}
