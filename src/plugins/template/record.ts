import { RecordSyntaxError } from '../../dns/errors.ts'
import type { RRset } from '../../dns/record.ts'
import { parseRecordLine } from '../../dns/text/zone-file.ts'

/**
 * Reads what a template has written: one record as a zone file has it, without a TTL for 3600.
 *
 * The class that it names does not count: an answer is in the class of its question.
 *
 * @throws RecordSyntaxError, ZoneFileError, NameSyntaxError, RdataSyntaxError
 */
export function readRecord(text: string): RRset {
  const rrset = parseRecordLine(text)
  if (rrset === undefined) throw new RecordSyntaxError(text, 'a record')
  return rrset
}
