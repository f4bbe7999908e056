import { ZoneContentError } from '../../dns/errors.ts'
import type { Name } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { readZoneFile } from '../../dns/text/zone-file.ts'
import { messageOf, ServerError } from '../../util/errors.ts'
import type { Files } from '../setup.ts'
import { buildZone, type Zone } from './zone.ts'

/** What is served already; without it, the zone is read whatever its serial. */
export interface KnownZone {
  readonly serial: number
}

/**
 * Reads a zone; undefined if its first SOA record has the serial that is known.
 *
 * @param text of the file
 * @throws ZoneContentError in CoreDNS's words, with the place that is wrong
 */
export function readZone(
  text: string,
  { path, origin }: { readonly path: string; readonly origin: Name },
  { files, known }: { readonly files: Pick<Files, 'readText'>; readonly known: KnownZone | undefined },
): Zone | undefined {
  const name = JSON.stringify(path)
  const records: RRset[] = []
  let hasSoa = false
  try {
    for (const { rrset } of readZoneFile(text, path, { origin, readText: files.readText })) {
      if (rrset.type === 'SOA' && !hasSoa) {
        if (known !== undefined && rrset.rdata[0]?.serial === known.serial) return undefined
        hasSoa = true
      }
      records.push(rrset)
    }
    if (hasSoa) return buildZone(origin, records)
  } catch (cause) {
    if (!(cause instanceof ServerError)) throw cause
    throw new ZoneContentError(`failed to parse file ${name} for origin ${origin} with error ${messageOf(cause)}`, {
      cause,
    })
  }
  throw new ZoneContentError(`file ${name} has no SOA record for origin ${origin}`)
}
