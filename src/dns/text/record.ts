import { RecordSyntaxError } from '../errors.ts'
import { typeCode } from '../iana.ts'
import { parseName } from '../name.ts'
import { codecOf, rrTypeOf } from '../rdata/codecs.ts'
import type { RRset } from '../record.ts'
import { formatName, splitWords } from './words.ts'

/** One zone-file line for each record, in their order: `owner ttl IN TYPE rdata`, a single space between each. */
export function formatRRset(rrset: RRset): string[] {
  const head = `${formatName(rrset.owner)} ${rrset.ttl} IN ${rrset.type}`
  return rrset.rdata.map((rdata) => `${head} ${codecOf(rrset.type).format(rdata)}`)
}

/**
 * Reads one record from a zone-file line of the form that `formatRRset` writes, with any blanks between its parts.
 *
 * Owner and names in the rdata are fully qualified, with their last dot or without.
 *
 * @throws RecordSyntaxError, NameSyntaxError, RdataSyntaxError
 */
export function parseRecord(line: string): RRset {
  const [owner, ttl, rrclass, type, ...rdata] = splitWords(line)
  if (owner === undefined || type === undefined || rrclass?.toUpperCase() !== 'IN') {
    throw new RecordSyntaxError(line, 'owner, TTL, IN, type and rdata')
  }
  const known = rrTypeOf(typeCode(type) ?? 0)
  if (known === undefined) throw new RecordSyntaxError(line, `a type that we make, found '${type}'`)
  const record = {
    owner: parseName(owner),
    type: known,
    ttl: parseTtl(line, ttl),
    rdata: [codecOf(known).parse(rdata)],
  }
  return record as RRset // the codec is the type's own
}

function parseTtl(line: string, ttl = ''): number {
  if (!/^\d{1,10}$/.test(ttl) || Number(ttl) > 0x7fff_ffff) {
    throw new RecordSyntaxError(line, `a TTL of 0 to 2147483647 seconds, found '${ttl}'`)
  }
  return Number(ttl)
}
