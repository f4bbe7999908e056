import { ListenError } from '../transport/listener.ts'
import { messageOf, ServerError } from '../util/errors.ts'

/**
 * The text of an error as CoreDNS has it: of a socket that cannot be opened `Listen: listen tcp :53: bind: …`, of a
 * cluster that cannot be had `plugin/kubernetes: …`.
 *
 * All others are in its words already.
 */
export function goMessageOf(error: unknown): string {
  if (error instanceof ListenError) return listenMessage(error)
  const isOfCluster = error instanceof ServerError && error.code === 'CLUSTER_ACCESS'
  return isOfCluster ? `plugin/kubernetes: ${error.message}` : messageOf(error)
}

function listenMessage(error: ListenError): string {
  const [, transport, at = ''] = /^(udp|tcp|http:\/\/)\s?(.*)$/.exec(error.what) ?? []
  const reason = bindReasons[error.systemCode] ?? messageOf(error.cause)
  if (transport === 'tcp') return `Listen: listen tcp ${withoutWildcard(at)}: ${reason}`
  if (transport === 'udp') return `ListenPacket: listen udp ${withoutWildcard(at)}: ${reason}`
  return `listen tcp ${withoutWildcard(at.replace(/\/.*$/, ''))}: ${reason}`
}

/** What is not bound to an address has none in Go. */
function withoutWildcard(address: string): string {
  return address.replace(/^(?:\[::\]|0\.0\.0\.0):/, ':')
}

const bindReasons: Readonly<Record<string, string>> = {
  EACCES: 'bind: permission denied',
  EADDRINUSE: 'bind: address already in use',
  EADDRNOTAVAIL: 'bind: cannot assign requested address',
  EAFNOSUPPORT: 'socket: address family not supported by protocol',
}

/** Why a file cannot be read, as Go says it: `open Corefile: no such file or directory`. */
export function goFileMessage(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return fileReasons[code]?.(path) ?? `open ${path}: ${messageOf(error)}`
}

const fileReasons: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `open ${path}: no such file or directory`,
  ENOTDIR: (path) => `open ${path}: not a directory`,
  EACCES: (path) => `open ${path}: permission denied`,
  EISDIR: (path) => `read ${path}: is a directory`,
}
