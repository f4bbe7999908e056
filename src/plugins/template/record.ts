import { RecordSyntaxError } from '../../dns/errors.ts'
import { CLASS, typeCode } from '../../dns/iana.ts'
import type { RRset } from '../../dns/record.ts'
import { parseRecord } from '../../dns/text/record.ts'
import { splitWords } from '../../dns/text/words.ts'

/** What a record without a TTL has. */
const defaultTtl = 3600

/**
 * Reads what a template has written: owner, then TTL and class in any order or not at all, type, and rdata, perhaps in
 * parentheses.
 *
 * The class that it names does not count: an answer is in the class of its question.
 *
 * @throws RecordSyntaxError, NameSyntaxError, RdataSyntaxError
 */
export function readRecord(text: string): RRset {
  const line = text.replace(/"(?:[^"\\]|\\.)*"|\\.|[()\n]/gs, (part) => (/^[()\n]$/.test(part) ? ' ' : part)).trim()
  const [owner, ...words] = splitWords(line)
  if (owner === undefined) throw new RecordSyntaxError(text, 'a record')
  let ttl: number | undefined
  for (const [index, word] of words.entries()) {
    const found = ttlOf(word)
    if (found !== undefined) ttl = found
    else if (!Object.hasOwn(CLASS, word.toUpperCase())) return parseRecord(rebuild(line, { owner, ttl, index }))
  }
  throw new RecordSyntaxError(text, 'owner, type and rdata')
}

/** Seconds, also with units: `1h30m`. */
function ttlOf(word: string): number | undefined {
  if (typeCode(word) !== undefined || !/^(\d+[smhdw]?)+$/i.test(word)) return undefined
  const parts = word.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)
  return [...parts].reduce((sum, [, count, unit = '']) => sum + Number(count) * (secondsPerUnit[unit] ?? 1), 0)
}

const secondsPerUnit: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 }

interface Head {
  readonly owner: string
  readonly ttl: number | undefined
  /** How many words stand between owner and type. */
  readonly index: number
}

/** The line with all that may be left out. */
function rebuild(line: string, { owner, ttl = defaultTtl, index }: Head): string {
  const behindOwner = line.slice(owner.length).trimStart()
  const rest = Array.from({ length: index }).reduce<string>((text) => text.replace(/^\S+\s*/, ''), behindOwner)
  return `${owner} ${ttl} IN ${rest}`
}
