import { ValueSyntaxError } from './errors.ts'

/** Where to listen, as it is written: nothing of it is looked up. */
export interface HostPort {
  /** A host's name, an address without its brackets, or empty for all addresses. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

/**
 * Reads `HOST:PORT`, as Go's `net.SplitHostPort` and `net.Listen` do; an IPv6 address stands in brackets.
 *
 * @throws ValueSyntaxError in Go's words; a port by its name (`:http`) is one, too
 */
export function parseHostPort(text: string): HostPort {
  const [, bracketed, plain, port] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (host === undefined || port === undefined)
    throw new ValueSyntaxError(`${text === '' ? '' : `address ${text}: `}${faultOf(text)} in address`)
  return { host, port: parsePort(port) }
}

function parsePort(text: string): number {
  if (!/^\d+$/.test(text)) throw new ValueSyntaxError(`lookup tcp/${text}: unknown port, expected a number`)
  const port = Number(text)
  if (port > 65_535) throw new ValueSyntaxError(`address ${text}: invalid port`)
  return port
}

/** What is wrong with a text that is not of the form. */
function faultOf(text: string): string {
  if (!text.includes(':')) return 'missing port'
  if (text.startsWith('[')) {
    if (!text.includes(']')) return "missing ']'"
    const rest = text.slice(text.indexOf(']') + 1)
    if (!rest.startsWith(':')) return 'missing port'
    if (rest.lastIndexOf(':') > 0) return 'too many colons'
  } else if (text.indexOf(':') < text.lastIndexOf(':')) return 'too many colons'
  return text.includes('[', 1) ? "unexpected '['" : "unexpected ']'"
}
