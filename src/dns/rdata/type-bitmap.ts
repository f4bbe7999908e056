import { typeCode, typeName } from '../iana.ts'
import type { RdataReader } from '../wire/rdata-reader.ts'
import type { OctetWriter } from '../wire/writer.ts'
import type { WordReader } from './word-reader.ts'

/** The list of types in NSEC, NSEC3 and CSYNC rdata: windows of up to 32 octets (RFC 4034 section 4.1.2). */
export const typeBitmap = {
  parse(words: WordReader, writer: OctetWriter): void {
    const codes = words.rest().map((word) => {
      const code = typeCode(word)
      if (code === undefined) throw words.error(`types, found '${word}'`)
      return code
    })
    for (const [window, inWindow] of [...Map.groupBy(codes, (code) => code >>> 8)].sort(
      ([left], [right]) => left - right,
    )) {
      const bits = new Uint8Array(((Math.max(...inWindow) & 0xff) >>> 3) + 1)
      for (const code of inWindow) bits[(code & 0xff) >>> 3] = (bits[(code & 0xff) >>> 3] ?? 0) | (0x80 >>> (code & 7))
      writer.write(window, 8)
      writer.write(bits.length, 8)
      writer.writeOctets(bits)
    }
  },

  /** @throws RangeError windows out of order or without types: as text they would come out as others */
  format(reader: RdataReader): string {
    const types: string[] = []
    let last = -1
    while (reader.left > 0) {
      const window = reader.uint8()
      const bits = reader.octets(reader.uint8())
      if (window <= last) throw new RangeError(`window ${window} behind window ${last}`)
      if (bits.length > 32 || (bits.at(-1) ?? 0) === 0) throw new RangeError(`window ${window} ends in no type`)
      last = window
      for (const [index, octet] of bits.entries()) {
        for (let bit = 0; bit < 8; bit++) {
          if ((octet & (0x80 >>> bit)) !== 0) types.push(typeName((window << 8) | (index << 3) | bit))
        }
      }
    }
    return types.join(' ')
  },
}
