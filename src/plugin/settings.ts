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
  /** For the sockets that keys of the scheme `tls` are served at; of several blocks the last counts. */
  readonly tls?: ServerTls
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

/** Which certificates clients show: the names are those of CoreDNS. */
export const clientAuths = ['nocert', 'request', 'require', 'verify_if_given', 'require_and_verify'] as const
export type ClientAuth = (typeof clientAuths)[number]

/** What we show of ourselves to clients that come over TLS, and what they have to show; all in PEM. */
export interface ServerTls {
  /** Ours, and those that lead from it to its authority. */
  readonly cert: string
  readonly key: string
  /** Who may have signed those of clients; if not given, whom Node.js trusts. */
  readonly ca?: string
  readonly clientAuth: ClientAuth
  /** Hears of the secrets of each connection, in lines of the NSS key log format with their ends. */
  readonly onSecrets?: (line: string) => void
}

/** Those of several plugins of one block. */
export function mergeSettings(settings: readonly Settings[]): Settings {
  return Object.assign({}, ...settings)
}
