import { UpstreamError } from '../../plugin/upstream.ts'
import type { SocketAddress } from '../../util/address.ts'
import { messageOf } from '../../util/errors.ts'
import { formatAddress } from '../listener.ts'

/** The server has closed a connection instead of replying: on one that was kept, another may be tried. */
export class ClosedByPeerError extends UpstreamError {}

/** The plugin is done with the server. */
export function stopped(): UpstreamError {
  return new UpstreamError('proxy: transport stopped')
}

export const timeout = 'i/o timeout'

/** The two ends of a socket. */
export interface Ends {
  readonly network: 'udp' | 'tcp'
  readonly from: SocketAddress | undefined
  readonly to: SocketAddress
}

/**
 * What went wrong on a socket that is open, as Go words it: `read udp 10.0.0.4:54446->10.0.0.2:53: i/o timeout`.
 *
 * @param what `timeout`, or the system's error
 */
export function exchangeError(operation: 'read' | 'write', { network, from, to }: Ends, what: unknown): UpstreamError {
  const reason = typeof what === 'string' ? what : `${operation}: ${systemReason(what)}`
  const ends = from === undefined ? formatAddress(to) : `${formatAddress(from)}->${formatAddress(to)}`
  const message = `${operation} ${network} ${ends}: ${reason}`
  return new UpstreamError(message, `${formatAddress(to)}: ${reason}`, causedBy(what))
}

/** Why there is no socket, as Go words it: `dial tcp 10.0.0.2:53: connect: connection refused`. */
export function connectError({ network, from, to }: Ends, what: unknown): UpstreamError {
  const tls = tlsReason(what)
  if (tls !== undefined) return new UpstreamError(tls, `${formatAddress(to)}: ${tls}`, causedBy(what))
  const call = callOf(what)
  const reason = typeof what === 'string' ? what : `${call}: ${systemReason(what)}`
  const ends = from === undefined ? formatAddress(to) : `${formatAddress({ ...from, port: 0 })}->${formatAddress(to)}`
  return new UpstreamError(`dial ${network} ${ends}: ${reason}`, `${formatAddress(to)}: ${reason}`, causedBy(what))
}

/** As strerror(3) has them, in Go's lower case. */
const systemReasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EAFNOSUPPORT: 'address family not supported by protocol',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  EINVAL: 'invalid argument',
  EMFILE: 'too many open files',
  EMSGSIZE: 'message too long',
  ENETUNREACH: 'network is unreachable',
  ENFILE: 'too many open files in system',
  EPERM: 'operation not permitted',
  EPIPE: 'broken pipe',
  ETIMEDOUT: 'connection timed out',
}

function systemReason(error: unknown): string {
  return systemReasons[codeOf(error)] ?? messageOf(error)
}

/** Go names the call that failed. */
function callOf(error: unknown): string {
  const call = error instanceof Error && 'syscall' in error ? String(error.syscall) : ''
  return call === 'bind' || call === 'socket' ? call : 'connect'
}

/** Undefined: it is no error of TLS. */
function tlsReason(error: unknown): string | undefined {
  const code = codeOf(error)
  if (unknownAuthority.has(code)) return `${notVerified} certificate signed by unknown authority`
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return `${notVerified} certificate has expired or is not yet valid`
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `${notVerified} ${messageOf(error)}`
  return /^ERR_(SSL|TLS)/.test(code) ? `tls: ${messageOf(error)}` : undefined
}

const notVerified = 'tls: failed to verify certificate: x509:'
const unknownAuthority = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function causedBy(what: unknown): ErrorOptions {
  return what instanceof Error ? { cause: what } : {}
}
