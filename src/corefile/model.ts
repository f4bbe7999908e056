/**
 * corefile: the configuration language (CoreDNS 1.14's, which is Caddy 1's). Knows neither plugins nor sockets.
 *
 * Text goes lexer.ts -> parser.ts -> this model; imports and environment are spliced in on the way. Plugins walk
 * their directives with directive-reader.ts. Start here.
 */
import type { Name } from '../dns/name.ts'

/** Where something was written, for errors: the file as it was given, and its line, from 1. */
export interface Position {
  readonly file: string
  readonly line: number
}

/** One word of the file, quotes and environment resolved. */
export interface Token extends Position {
  readonly text: string
}

/** One occurrence of a directive in a server block. */
export interface Directive extends Position {
  readonly name: string
  /** What stands behind the name on its line, without the `{`. */
  readonly args: readonly Token[]
  /**
   * The lines between its braces, each with at least one token; undefined if it has no braces.
   *
   * One level only: a brace inside is a token of the line it stands on.
   */
  readonly body?: readonly (readonly Token[])[]
}

export const schemes = ['dns', 'tls', 'quic', 'grpc', 'https', 'https3'] as const
export type Scheme = (typeof schemes)[number]

/** One key of a server block, after a CIDR was expanded: what is served, and where. */
export interface ServerKey extends Position {
  /** As written. */
  readonly text: string
  readonly scheme: Scheme
  readonly zone: Name
  /** Undefined: the scheme's default port. */
  readonly port?: number
}

export interface ServerBlock extends Position {
  readonly keys: readonly ServerKey[]
  /** In the order of the file. */
  readonly directives: readonly Directive[]
}

export interface Corefile {
  readonly file: string
  readonly serverBlocks: readonly ServerBlock[]
}
