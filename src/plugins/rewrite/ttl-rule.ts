import { ValueSyntaxError } from '../../corefile/errors.ts'
import { maximumTtl, type Seconds } from '../../dns/record.ts'
import { type Answer, isRelayed, type Validity } from '../../plugin/handler.ts'
import { parseMatch } from './matched-rule.ts'
import { mapRecords } from './records.ts'
import type { Rule } from './rule.ts'

/**
 * Reads `[exact|prefix|suffix|substring|regex] NAME SECONDS|MIN-|-MAX|MIN-MAX`.
 *
 * @throws ValueSyntaxError in CoreDNS's words
 */
export function parseTtlRule(words: readonly string[]): Rule {
  if (words.length < 2) throw new ValueSyntaxError(`too few (${words.length}) arguments for a ttl rule`)
  const range = parseRange(words.length > 3 ? '' : (words.at(-1) ?? ''))
  const pattern = parseMatch('ttl', words.slice(0, -1))
  const response = (answer: Answer) => withTtls(answer, range)
  return { rewrite: ({ qname }) => (pattern.matches(qname) ? { response } : undefined) }
}

interface Range {
  readonly min: Seconds
  readonly max: Seconds
}

/** Go reads 32 bits; of these a TTL has 31 (RFC 2181 section 8). */
const maximumNumber = 0xffff_ffff

function parseRange(text: string): Range {
  const [, low = '', dash, high = ''] = /^(\d*)(-?)(\d*)$/.exec(text) ?? []
  const [min, max] = [Number(low), high === '' ? maximumTtl : Number(high)]
  const range = dash === '-' ? { min, max } : { min, max: min }
  const isNumber = low !== '' || high !== ''
  if (dash === undefined || !isNumber || range.min > range.max || Math.max(min, Number(high)) > maximumNumber) {
    throw new ValueSyntaxError(`invalid TTL '${text}' for a ttl rule`)
  }
  return { min: Math.min(range.min, maximumTtl), max: Math.min(range.max, maximumTtl) }
}

function withTtls(answer: Answer, range: Range): Answer {
  const validity = withLease(answer.validity, range)
  if (isRelayed(answer) && answer.ttl !== undefined) return { ...answer, validity, ttl: clamp(answer.ttl, range) }
  const changed = mapRecords(answer, (rrset) => {
    const ttl = clamp(rrset.ttl, range)
    return ttl === rrset.ttl ? rrset : { ...rrset, ttl }
  })
  return validity === changed.validity ? changed : { ...changed, validity }
}

/** What runs down is clamped each time that it is given. */
function withLease(validity: Validity, range: Range): Validity {
  if (validity.kind !== 'leased') return validity
  const { lease } = validity
  const renew = (): Seconds => {
    const ttl = lease.renew()
    return ttl < 0 ? ttl : clamp(ttl, range)
  }
  return { ...validity, lease: { renew } }
}

function clamp(ttl: Seconds, { min, max }: Range): Seconds {
  return Math.min(Math.max(ttl, min), max)
}
