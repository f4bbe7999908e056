import { writeName } from './write-name.ts'
import type { OctetWriter } from './writer.ts'

/** What stands before a record's rdata. */
export interface RecordStart {
  /** As `dns2Name` makes it. */
  readonly owner: string
  readonly type: number
  readonly class: number
  readonly ttl: number
}

/**
 * Begins a record (RFC 1035 section 4.1.3); its rdata is to be written next.
 *
 * @returns where the rdata begins: `endRecord` wants to know
 */
export function beginRecord(start: RecordStart, writer: OctetWriter): number {
  writeName(start.owner, writer)
  writer.write(start.type, 16)
  writer.write(start.class, 16)
  writer.write(start.ttl, 32)
  writer.write(0, 16)
  return writer.byteLength()
}

/** Ends a record: writes the length of its rdata before it. */
export function endRecord(rdataAt: number, writer: OctetWriter): void {
  writer.patch((rdataAt - 2) * 8, writer.byteLength() - rdataAt, 16)
}
