import { TYPE } from '../iana.ts'
import type { RdataByType, RRType } from '../record.ts'
import { a } from './a.ts'
import { aaaa } from './aaaa.ts'
import { cname } from './cname.ts'
import type { RdataCodec } from './codec.ts'
import { ns } from './ns.ts'
import { ptr } from './ptr.ts'
import { soa } from './soa.ts'
import { srv } from './srv.ts'
import { txt } from './txt.ts'

const codecs: { readonly [T in RRType]: RdataCodec<RdataByType[T]> } = {
  A: a,
  AAAA: aaaa,
  CNAME: cname,
  NS: ns,
  PTR: ptr,
  SOA: soa,
  SRV: srv,
  TXT: txt,
}

const typesByCode = new Map<number, RRType>(rrTypes().map((type) => [TYPE[type], type]))

/** The codec of a type. It takes the rdata of any type as far as the compiler knows: hand it its own. */
export function codecOf(type: RRType): RdataCodec<RdataByType[RRType]> {
  return codecs[type] as RdataCodec<RdataByType[RRType]> // a union of codecs is of no use, since callers hold a union of rdata
}

/** The type of this code, if it is one whose records we make. */
export function rrTypeOf(code: number): RRType | undefined {
  return typesByCode.get(code)
}

function rrTypes(): RRType[] {
  return Object.keys(codecs) as RRType[] // its declaration has exactly these keys
}
