import { TYPE, typeName } from '../iana.ts'
import type { GenericRdata, GenericRRType, RdataByType, RRType, TypedRRType } from '../record.ts'
import { a } from './a.ts'
import { aaaa } from './aaaa.ts'
import { caa } from './caa.ts'
import { cname } from './cname.ts'
import type { NameLayout, RdataCodec } from './codec.ts'
import { dname } from './dname.ts'
import { genericCodec } from './generic.ts'
import { hinfo } from './hinfo.ts'
import { textLayouts } from './layouts.ts'
import { mx } from './mx.ts'
import { naptr } from './naptr.ts'
import { ns } from './ns.ts'
import { ptr } from './ptr.ts'
import { soa } from './soa.ts'
import { srv } from './srv.ts'
import { txt } from './txt.ts'

const typedCodecs: { readonly [T in TypedRRType]: RdataCodec<RdataByType[T]> } = {
  A: a,
  AAAA: aaaa,
  CAA: caa,
  CNAME: cname,
  DNAME: dname,
  HINFO: hinfo,
  MX: mx,
  NAPTR: naptr,
  NS: ns,
  PTR: ptr,
  SOA: soa,
  SRV: srv,
  TXT: txt,
}

/** Generic types in whose rdata a sender may compress names (RFC 3597 section 4). */
const compressedNames: Partial<Record<keyof typeof TYPE, NameLayout>> = {
  MD: { at: 0, count: 1 },
  MF: { at: 0, count: 1 },
  MB: { at: 0, count: 1 },
  MG: { at: 0, count: 1 },
  MR: { at: 0, count: 1 },
  MINFO: { at: 0, count: 2 },
  RP: { at: 0, count: 2 },
  AFSDB: { at: 2, count: 1 },
  RT: { at: 2, count: 1 },
  SIG: { at: 18, count: 1 },
  PX: { at: 2, count: 2 },
  NXT: { at: 0, count: 1 },
  KX: { at: 2, count: 1 },
}

const codecs: Readonly<Record<string, unknown>> = { ...typedCodecs, ...genericCodecs() }
const typesByCode = new Map<number, TypedRRType>(typedTypes().map((type) => [TYPE[type], type]))

/** The codec of a type. It takes the rdata of any type as far as the compiler knows: hand it its own. */
export function codecOf(type: RRType): RdataCodec<RdataByType[RRType]> {
  // A union of codecs is of no use, since callers hold a union of rdata.
  return (codecs[type] ?? genericCodec({ mnemonic: type })) as RdataCodec<RdataByType[RRType]>
}

/** The type of this code. */
export function rrTypeOf(code: number): RRType {
  return typesByCode.get(code) ?? `TYPE${code}`
}

/** The code of a type. */
export function codeOf(type: RRType): number {
  return TYPE[type as TypedRRType] ?? Number(type.slice('TYPE'.length)) // a typed one has its code there
}

/** The mnemonic of a type as people read it: `DS` for TYPE43. */
export function mnemonicOf(type: RRType): string {
  return typeName(codeOf(type))
}

/** Of the generic types that have a name, but for those that no record has. */
function genericCodecs(): Record<GenericRRType, RdataCodec<GenericRdata>> {
  const mnemonics = Object.keys(TYPE) as (keyof typeof TYPE)[] // its declaration has exactly these keys
  const generic = mnemonics.filter((mnemonic) => !Object.hasOwn(typedCodecs, mnemonic))
  return Object.fromEntries(
    generic.map((mnemonic) => {
      const [names, fields] = [compressedNames[mnemonic], textLayouts[mnemonic]]
      return [`TYPE${TYPE[mnemonic]}`, genericCodec({ mnemonic, names, fields })]
    }),
  )
}

function typedTypes(): TypedRRType[] {
  return Object.keys(typedCodecs) as TypedRRType[] // its declaration has exactly these keys
}
