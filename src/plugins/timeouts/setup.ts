import { noArguments, oneArgument, type Property, properties } from '../../corefile/directive-reader.ts'
import { formatDuration, parseDuration } from '../../corefile/duration.ts'
import { CorefileError, ValueSyntaxError } from '../../corefile/errors.ts'
import { parseInteger, tryParseInteger } from '../../corefile/integer.ts'
import type { Token } from '../../corefile/model.ts'
import type { TcpSettings } from '../../plugin/settings.ts'
import type { Setup } from '../../plugin/setup.ts'

/** `timeouts { read D; write D; idle D; maxtcpqueries N }`: at least one of them; of what repeats the last counts. */
export const setupTimeouts: Setup = (occurrences) => {
  let tcp: TcpSettings = {}
  for (const directive of occurrences) {
    noArguments(directive)
    const lines = properties(directive)
    if (lines.length === 0) throw new CorefileError(directive, 'timeouts block with no timeouts specified')
    for (const line of lines) tcp = { ...tcp, ...readLine(line) }
  }
  return { settings: { tcp } }
}

/** The value is looked at before the name, as in CoreDNS. */
function readLine(line: Property): TcpSettings {
  const value = oneArgument(line)
  if (line.name === 'maxtcpqueries') return { maxQueries: readMaxQueries(value) }
  const timeoutMs = readTimeout(value)
  if (line.name === 'read') return { readTimeoutMs: timeoutMs }
  if (line.name === 'write') return { writeTimeoutMs: timeoutMs }
  if (line.name === 'idle') return { idleTimeoutMs: timeoutMs }
  throw new CorefileError(line, `unknown option: '${line.name}'`)
}

const leastMs = 1_000
const mostMs = 24 * 3_600_000

/** A number without a unit is one of seconds. */
function readTimeout(token: Token): number {
  const timeoutMs = parseSeconds(token)
  if (timeoutMs >= leastMs && timeoutMs <= mostMs) return timeoutMs
  const given = `${timeoutMs < 0 ? '-' : ''}${formatDuration(Math.abs(timeoutMs))}`
  throw new CorefileError(token, `timeout provided '${given}' needs to be between 1 second and 24 hours`)
}

function parseSeconds(token: Token): number {
  const text = tryParseInteger(token.text) === undefined ? token.text : `${token.text}s`
  try {
    return parseDuration(text)
  } catch (error) {
    if (!(error instanceof ValueSyntaxError)) throw error
    throw new CorefileError(token, `failed to parse duration '${text}'`, { cause: error })
  }
}

/** -1 is any number. */
function readMaxQueries(token: Token): number {
  const count = parseCount(token)
  if (count === -1) return Number.POSITIVE_INFINITY
  if (count > 0) return count
  throw new CorefileError(token, `maxtcpqueries provided '${count}' needs to be -1 (unlimited) or a positive integer`)
}

function parseCount(token: Token): number {
  try {
    return parseInteger(token.text)
  } catch (error) {
    if (!(error instanceof ValueSyntaxError)) throw error
    throw new CorefileError(token, `invalid value for maxtcpqueries '${token.text}': ${error.message}`, {
      cause: error,
    })
  }
}
