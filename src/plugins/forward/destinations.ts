import { isIP } from 'node:net'
import { CorefileError, withPosition } from '../../corefile/errors.ts'
import { parseHostPort } from '../../corefile/host-port.ts'
import type { Token } from '../../corefile/model.ts'
import { tryParseName } from '../../dns/name.ts'
import type { Files } from '../../plugin/setup.ts'
import type { Destination, DestinationScheme } from './config.ts'
import { readNameservers } from './resolv-conf.ts'

/** More are refused; a file or a host counts as one. */
const maximumDestinations = 15

const defaultPorts: Readonly<Record<DestinationScheme, number>> = { dns: 53, tls: 853, https: 443 }
const otherPorts: Readonly<Partial<Record<string, number>>> = { grpc: 443, quic: 853, https3: 443 }
/** What CoreDNS knows as a scheme; what is none of these is no part of its own. */
const schemes = ['tls', 'dns', 'quic', 'grpc', 'https3', 'https', 'unix']

/**
 * Where the arguments of `forward` say that queries go: addresses, files of them, hosts.
 *
 * @throws CorefileError in the words of CoreDNS
 */
export function readDestinations(tokens: readonly Token[], files: Files): Destination[] {
  for (const token of tokens) {
    const { scheme, rest } = splitScheme(token.text)
    if (scheme === 'https' && rest.includes('/')) throw new CorefileError(token, `${noPaths}: ${token.text}`)
  }
  const entries = tokens.map((token) => readDestination(token, files)).filter(({ length }) => length > 0)
  const [extra] = tokens.slice(maximumDestinations)
  if (extra !== undefined && entries.length > maximumDestinations) {
    throw new CorefileError(extra, `more than ${maximumDestinations} TOs configured: ${entries.length}`)
  }
  return entries.flat()
}

const noPaths = 'paths are not allowed in HTTPS upstream addresses (the /dns-query path is used by default)'

/** None: it is a file that names no server. */
function readDestination(token: Token, files: Files): Destination[] {
  const { scheme, rest } = splitScheme(token.text)
  if (rest === '') throw new CorefileError(token, `invalid address: ${JSON.stringify(token.text)}`)
  const { host, port, serverName } = splitPlace(rest)
  const isAddress = isIP(host) !== 0
  if (!isAddress) {
    const file = tryRead(files, scheme === undefined || port !== undefined ? rest : rest.replace(/^\[+|\]+$/g, ''))
    if (file !== undefined) return readNameservers(file).map(toDnsServer)
  }
  const [, unknown] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(rest) ?? []
  if (unknown !== undefined) throw unsupported(token, unknown)
  if (scheme === 'unix') throw unsupported(token, scheme)
  if (isAddress && scheme !== undefined && !isSupported(scheme)) {
    throw unsupported(token, scheme, port === undefined ? otherPorts[scheme] : undefined)
  }
  if (!isAddress && !isHost(host, scheme)) {
    throw new CorefileError(token, `not an IP address, file, or valid domain: ${JSON.stringify(token.text)}`)
  }
  const known = isSupported(scheme) ? scheme : 'dns'
  const place = { scheme: known, ...(serverName !== undefined && known !== 'dns' && { serverName }) }
  const portNumber = port === undefined ? defaultPorts[known] : readPort(token, port)
  if (isAddress) return [{ kind: 'address', ...place, at: { address: host, port: portNumber } }]
  if (!hostCanExist(host)) {
    throw new CorefileError(token, `failed to resolve ${JSON.stringify(host)}: lookup ${host}: no such host`)
  }
  return [{ kind: 'host', ...place, host, port: portNumber }]
}

function toDnsServer(address: string): Destination {
  return { kind: 'address', scheme: 'dns', at: { address, port: defaultPorts.dns } }
}

function splitScheme(text: string): { readonly scheme?: string; readonly rest: string } {
  const scheme = schemes.find((each) => text.startsWith(`${each}://`))
  return scheme === undefined ? { rest: text } : { scheme, rest: text.slice(scheme.length + '://'.length) }
}

function isSupported(scheme: string | undefined): scheme is DestinationScheme {
  return scheme !== undefined && Object.hasOwn(defaultPorts, scheme)
}

/** @param port the one that the scheme has by default, where none is written: CoreDNS says it, too */
function unsupported(token: Token, scheme: string, port?: number): CorefileError {
  const { text } = token
  const place = port === undefined ? text : `${text}:${port}`
  return new CorefileError(token, `'${scheme}' is not supported as a destination protocol in forward: ${place}`)
}

interface Place {
  readonly host: string
  readonly port?: string
  /** What stands behind a `%`. */
  readonly serverName?: string
}

/** `HOST[%NAME][:PORT]`, `[HOST[%NAME]][:PORT]`, `HOST:PORT%NAME`, an IPv6 address without brackets. */
function splitPlace(text: string): Place {
  const [, before, name] = /^([^:%]+:\d+|\[[^%\]]+\]:\d+)%([^:]*)$/.exec(text) ?? []
  if (before !== undefined && name !== undefined) return { ...splitPlace(before), serverName: name }
  const [, bracketed, plain, port] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(text) ?? []
  const host = bracketed ?? plain ?? text.replace(/^\[|\]$/g, '')
  const percent = host.lastIndexOf('%')
  if (percent < 0) return { host, ...(port !== undefined && { port }) }
  const [address, behind] = [host.slice(0, percent), host.slice(percent + 1)]
  return { host: address, serverName: behind, ...(port !== undefined && { port }) }
}

function readPort(token: Token, port: string): number {
  const read = withPosition(token, () => parseHostPort(`:${port}`).port)
  if (read === 0) throw new CorefileError(token, `address ${token.text}: invalid port`)
  return read
}

function isHost(host: string, scheme: string | undefined): boolean {
  return host !== '' && (scheme === undefined || isSupported(scheme)) && tryParseName(host) !== undefined
}

/** As Go's resolver judges before it asks anybody. */
function hostCanExist(host: string): boolean {
  const labels = host.replace(/\.$/, '').split('.')
  return labels.every((label) => /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?$/.test(label)) && /[A-Za-z_]/.test(host)
}

/** Undefined: there is no such file, or it cannot be read; a folder is a file that says nothing. */
function tryRead(files: Files, path: string): string | undefined {
  try {
    return files.readText(path)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EISDIR' ? '' : undefined
  }
}
