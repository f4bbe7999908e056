import { TYPE } from '../iana.ts'
import { type Name, nameOf } from '../name.ts'
import { codecOf, rrTypeOf } from '../rdata/codecs.ts'
import type { RdataByType, RRset, RRType } from '../record.ts'
import { decodeRecord } from './dns2.ts'
import { readName } from './name.ts'
import { type Opt, readOpt } from './opt.ts'
import { type RecordHead, readRecordHead } from './record-head.ts'

export interface WireSection {
  readonly rrsets: readonly RRset[]
  readonly opts: readonly Opt[]
  /** Offset of the first octet after the section. */
  readonly end: number
}

/**
 * Reads `count` records from octet `start`.
 *
 * Records of other classes, and of types we do not make, are passed over unread but for their length.
 *
 * @throws WireFormatError a record is cut off, or one that is read is malformed
 */
export function readSection(octets: Uint8Array, start: number, count: number, rrclass: number): WireSection {
  if (count === 0) return { rrsets: none, opts: none, end: start }
  const rrsets: GrowingRRset[] = []
  const opts: Opt[] = []
  let end = start
  for (let index = 0; index < count; index++) {
    const head = readRecordHead(octets, end)
    const type = rrTypeOf(head.type)
    if (head.type === TYPE.OPT) opts.push(readOpt(octets, head))
    else if (type !== undefined && head.class === rrclass) addRecord(rrsets, readRecord(octets, head, type))
    end = head.end
  }
  return { rrsets: rrsets as RRset[], opts, end } // readRecord pairs type and rdata, which GrowingRRset does not say
}

const none: readonly never[] = []

interface GrowingRRset {
  readonly owner: Name
  readonly type: RRType
  readonly ttl: number
  readonly rdata: RdataByType[RRType][]
}

function readRecord(octets: Uint8Array, head: RecordHead, type: RRType): GrowingRRset {
  const codec = codecOf(type)
  const names: Name[] = []
  let at = head.rdataAt + (codec.names?.at ?? 0)
  for (let index = 0; index < (codec.names?.count ?? 0); index++) {
    const { labels, end } = readName(octets, at)
    names.push(nameOf(labels))
    at = end
  }
  const { ttl, ...fields } = decodeRecord(octets, head.offset)
  const rdata = codec.decode(fields, { names, octets: octets.subarray(head.rdataAt, head.end) })
  return { owner: nameOf(head.owner.labels), type, ttl, rdata: [rdata] }
}

/** Appends a record to the last RRset if it is one of its own, else begins another. */
function addRecord(rrsets: GrowingRRset[], record: GrowingRRset): void {
  const last = rrsets.at(-1)
  if (last?.owner === record.owner && last.type === record.type && last.ttl === record.ttl) {
    last.rdata.push(...record.rdata)
  } else {
    rrsets.push(record)
  }
}
