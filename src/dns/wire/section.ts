import { CLASS, TYPE } from '../iana.ts'
import { type Name, nameOf } from '../name.ts'
import type { RdataCodec } from '../rdata/codec.ts'
import { codecOf, codeOf, rrTypeOf } from '../rdata/codecs.ts'
import { maximumTtl, type RdataByType, type RRset, type RRType } from '../record.ts'
import { decodeRecord } from './dns2.ts'
import { headerOctets, uint32At } from './header.ts'
import { readName } from './name.ts'
import { NameTable } from './name-table.ts'
import { type Opt, readOpt } from './opt.ts'
import { RdataReader } from './rdata-reader.ts'
import { type RecordHead, readRecordHead } from './record-head.ts'
import { beginRecord, endRecord } from './write-record.ts'
import { OctetWriter } from './writer.ts'

export interface WireSection {
  readonly rrsets: readonly RRset[]
  readonly opts: readonly Opt[]
  /** Offset of the first octet after the section. */
  readonly end: number
}

/**
 * Reads `count` records from octet `start`.
 *
 * Records of other classes than `rrclass` are passed over unread but for their length.
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
    if (head.type === TYPE.OPT) opts.push(readOpt(octets, head))
    else if (head.class === rrclass) addRecord(rrsets, readRecord(octets, head))
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

function readRecord(octets: Uint8Array, head: RecordHead): GrowingRRset {
  const type = rrTypeOf(head.type)
  const owner = nameOf(head.owner.labels)
  const ttl = Math.min(uint32At(octets, head.ttlAt), maximumTtl)
  return { owner, type, ttl, rdata: [readRdata(octets, head, codecOf(type))] }
}

function readRdata(octets: Uint8Array, head: RecordHead, codec: RdataCodec<RdataByType[RRType]>): RdataByType[RRType] {
  if ('read' in codec) {
    const reader = new RdataReader(octets, head.rdataAt, head.end)
    const rdata = codec.read(reader)
    reader.finish()
    return rdata
  }
  const names: Name[] = []
  let at = head.rdataAt + (codec.names?.at ?? 0)
  for (let index = 0; index < (codec.names?.count ?? 0); index++) {
    const { labels, end } = readName(octets, at)
    names.push(nameOf(labels))
    at = end
  }
  const fields = decodeRecord(octets, head.offset)
  return codec.decode(fields, { names, octets: octets.subarray(head.rdataAt, head.end) })
}

/**
 * The rdata that these octets are.
 *
 * @throws WireFormatError they are none of the type
 */
export function rdataOf(type: RRType, octets: Uint8Array): RdataByType[RRType] {
  const writer = new OctetWriter(new NameTable())
  writer.writeOctets(new Uint8Array(headerOctets)) // so that a name begins where one may
  const offset = writer.byteLength()
  const rdataAt = beginRecord({ owner: '', type: codeOf(type), class: CLASS.IN, ttl: 0 }, writer)
  writer.writeOctets(octets)
  endRecord(rdataAt, writer)
  const message = writer.toBuffer()
  return readRdata(message, readRecordHead(message, offset), codecOf(type))
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
