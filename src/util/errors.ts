/**
 * util: what every other folder may rest on. Knows neither DNS nor Kubernetes.
 *
 * Start here: the root of every error that is thrown on purpose, and the one list of codes.
 */

/** Every code we throw. docs/errors.md explains each; a test keeps the two lists equal. */
export const errorCodes = [
  'CLUSTER_ACCESS',
  'COREFILE_SYNTAX',
  'COREFILE_UNREADABLE',
  'LISTEN',
  'MANIFEST_INVALID',
  'NAME_SYNTAX',
  'NO_BATCHED_UDP',
  'NO_NEXT_PLUGIN',
  'PLUGIN_SETUP',
  'RDATA_SYNTAX',
  'REGEX_SYNTAX',
  'SELECTOR_SYNTAX',
  'TEMPLATE_FAILED',
  'UPSTREAM',
  'WEB_CONFIG',
  'WIRE_FORMAT',
  'ZONE_FILE',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** Root of every error thrown on purpose. Code branches on `code`; people read `message`. */
export class ServerError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** The text of anything that was thrown: a library may throw what is no Error. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** As `messageOf`, with where it was thrown if that is known. */
export function stackOf(thrown: unknown): string {
  return thrown instanceof Error && thrown.stack !== undefined ? thrown.stack : messageOf(thrown)
}
