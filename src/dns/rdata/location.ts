import type { RdataReader } from '../wire/rdata-reader.ts'
import type { OctetWriter } from '../wire/writer.ts'
import type { WordReader } from './word-reader.ts'

/** Where the equator and the prime meridian are, in thousandths of a second of arc. */
const middle = 2 ** 31
/** How far below the sea altitudes begin, in centimetres. */
const lowest = 10_000_000

const expected = 'latitude, longitude and altitude as in RFC 1876 section 3'

/** The rdata of LOC: RFC 1876. */
export const location = {
  parse(words: WordReader, writer: OctetWriter): void {
    const text = words.rest().join(' ')
    const parts = pattern.exec(text)?.groups
    if (parts === undefined) throw words.error(expected)
    const { latitude = '', south, longitude = '', west, altitude = '' } = parts
    const sizes = [parts.size ?? '1', parts.horizontal ?? '10000', parts.vertical ?? '10'].map(sizeOctet)
    const places = [
      angle(latitude, 90) * (south === undefined ? 1 : -1) + middle,
      angle(longitude, 180) * (west === undefined ? 1 : -1) + middle,
      Math.round(Number(altitude) * 100) + lowest,
    ]
    const isWithin = [...sizes, ...places].every((place) => place >= 0 && place < 2 ** 32)
    if (!isWithin) throw words.error(expected)
    for (const octet of [0, ...sizes]) writer.write(octet, 8)
    for (const place of places) writer.write(place, 32)
  },

  format(reader: RdataReader): string {
    if (reader.uint8() !== 0) throw new RangeError('another version')
    const sizes = [reader.uint8(), reader.uint8(), reader.uint8()].map(metresOf)
    const [latitude, longitude] = [uint32(reader) - middle, uint32(reader) - middle]
    const altitude = (uint32(reader) - lowest) / 100
    const places = [angleText(latitude, 'N', 'S', 90), angleText(longitude, 'E', 'W', 180)]
    return [...places, ...[altitude.toFixed(2), ...sizes].map((metres) => `${metres}m`)].join(' ')
  },
}

const degrees = String.raw`\d{1,3}(?: \d{1,2}(?: \d{1,2}(?:\.\d{1,3})?)?)?`
const metres = String.raw`\d{1,8}(?:\.\d{1,2})?`
const pattern = new RegExp(
  `^(?<latitude>${degrees}) (?:N|(?<south>S)) (?<longitude>${degrees}) (?:E|(?<west>W)) (?<altitude>-?${metres})m?` +
    `(?: (?<size>${metres})m?(?: (?<horizontal>${metres})m?(?: (?<vertical>${metres})m?)?)?)?$`,
  'i',
)

/** In thousandths of a second; NaN: it is none, or too far. */
function angle(text: string, furthest: number): number {
  const [whole = 0, minutes = 0, seconds = 0] = text.split(' ').map(Number)
  const thousandths = Math.round(((whole * 60 + minutes) * 60 + seconds) * 1000)
  return minutes < 60 && seconds < 60 && thousandths <= furthest * 3_600_000 ? thousandths : Number.NaN
}

function angleText(thousandths: number, ahead: string, behind: string, furthest: number): string {
  const size = Math.abs(thousandths)
  if (size > furthest * 3_600_000) throw new RangeError('off the earth')
  const minutes = Math.floor(size / 60_000)
  const seconds = ((size % 60_000) / 1000).toFixed(3)
  return `${Math.floor(minutes / 60)} ${minutes % 60} ${seconds} ${thousandths < 0 ? behind : ahead}`
}

/** Metres as centimetres of one digit and a power of ten. */
function sizeOctet(text: string): number {
  const centimetres = Math.round(Number(text) * 100)
  const exponent = centimetres < 10 ? 0 : Math.floor(Math.log10(centimetres))
  return exponent > 9 ? Number.NaN : (Math.floor(centimetres / 10 ** exponent) << 4) | exponent
}

function metresOf(octet: number): string {
  const [digit, exponent] = [octet >>> 4, octet & 0x0f]
  if (digit > 9 || exponent > 9 || (digit === 0 && exponent > 0)) throw new RangeError('no size')
  const centimetres = digit * 10 ** exponent
  return centimetres % 100 === 0 ? String(centimetres / 100) : (centimetres / 100).toFixed(2)
}

function uint32(reader: RdataReader): number {
  return reader.uint16() * 0x1_0000 + reader.uint16()
}
