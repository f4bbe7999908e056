import { RecordSyntaxError } from '../errors.ts'
import { isMetaType, typeCode } from '../iana.ts'
import { parseName, root } from '../name.ts'
import { codecOf, mnemonicOf, rrTypeOf } from '../rdata/codecs.ts'
import { maximumTtl, type RRset } from '../record.ts'
import { parseRdata } from './rdata.ts'
import { formatName, splitWords } from './words.ts'

/** One zone-file line for each record, in their order: `owner ttl IN TYPE rdata`, a single space between each. */
export function formatRRset(rrset: RRset): string[] {
  const head = `${formatName(rrset.owner)} ${rrset.ttl} IN ${mnemonicOf(rrset.type)}`
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
  const [owner, ttl, rrclass, type, ...words] = splitWords(line)
  if (owner === undefined || type === undefined || rrclass?.toUpperCase() !== 'IN') {
    throw new RecordSyntaxError(line, 'owner, TTL, IN, type and rdata')
  }
  const code = typeCode(type)
  if (code === undefined || isMetaType(code)) throw new RecordSyntaxError(line, `a type of records, found '${type}'`)
  const rdata = [parseRdata(rrTypeOf(code), words, root)]
  return { owner: parseName(owner), type: rrTypeOf(code), ttl: parseTtl(line, ttl), rdata } as RRset // the type's own
}

function parseTtl(line: string, ttl = ''): number {
  if (!/^\d{1,10}$/.test(ttl) || Number(ttl) > maximumTtl) {
    throw new RecordSyntaxError(line, `a TTL of 0 to ${maximumTtl} seconds, found '${ttl}'`)
  }
  return Number(ttl)
}
