import { isIPv4 } from 'node:net'
import { addressOf, octetsOf } from '../../util/address.ts'
import { typeCode, typeName } from '../iana.ts'
import { formatLabels, isAbsolute, labelsOf, nameOf, parseLabels } from '../name.ts'
import { formatName } from '../text/words.ts'
import type { RdataReader } from '../wire/rdata-reader.ts'
import type { OctetWriter } from '../wire/writer.ts'
import { formatBase32, parseBase32 } from './base32.ts'
import { parseInteger } from './integer.ts'
import { quote, unescapeOctets, unquote } from './strings.ts'
import type { WordReader } from './word-reader.ts'

/** One part of a generic type's rdata: how its text becomes octets, and back. */
export interface Field {
  /** @throws RdataSyntaxError, NameSyntaxError */
  parse(words: WordReader, writer: OctetWriter): void
  /** @throws Error the octets are none of its kind */
  format(reader: RdataReader): string
}

export const uint8 = integer(8)
export const uint16 = integer(16)
export const uint32 = integer(32)

function integer(bits: 8 | 16 | 32, mnemonics: Readonly<Record<string, number>> = {}): Field {
  return {
    parse(words, writer) {
      const word = words.next('a number')
      const known = mnemonics[word.toUpperCase()]
      writer.write(known ?? parseInteger(words.type, word, 2 ** bits - 1), bits)
    },
    format: (reader) => String(readInteger(reader, bits)),
  }
}

function readInteger(reader: RdataReader, bits: 8 | 16 | 32): number {
  if (bits === 8) return reader.uint8()
  return bits === 16 ? reader.uint16() : reader.uint16() * 0x1_0000 + reader.uint16()
}

/** DNSSEC algorithm numbers: RFC 8624 section 3.1. */
export const algorithm = integer(8, {
  RSAMD5: 1,
  DH: 2,
  DSA: 3,
  RSASHA1: 5,
  'DSA-NSEC3-SHA1': 6,
  'RSASHA1-NSEC3-SHA1': 7,
  RSASHA256: 8,
  RSASHA512: 10,
  'ECC-GOST': 12,
  ECDSAP256SHA256: 13,
  ECDSAP384SHA384: 14,
  ED25519: 15,
  ED448: 16,
  INDIRECT: 252,
  PRIVATEDNS: 253,
  PRIVATEOID: 254,
})

/** RFC 4398 section 2.1. */
export const certificateType = integer(16, {
  PKIX: 1,
  SPKI: 2,
  PGP: 3,
  IPKIX: 4,
  ISPKI: 5,
  IPGP: 6,
  ACPKIX: 7,
  IACPKIX: 8,
  URI: 253,
  OID: 254,
})

export const typeCovered: Field = {
  parse(words, writer) {
    const word = words.next('a type')
    const code = typeCode(word)
    if (code === undefined) throw words.error(`a type, found '${word}'`)
    writer.write(code, 16)
  },
  format: (reader) => typeName(reader.uint16()),
}

/** A point in time (RFC 4034 section 3.2): YYYYMMDDHHmmSS, or seconds. */
export const time: Field = {
  parse(words, writer) {
    const word = words.next('a time')
    writer.write(/^\d{14}$/.test(word) ? secondsOf(word, words) : parseInteger(words.type, word, 0xffff_ffff), 32)
  },
  format(reader) {
    const seconds = readInteger(reader, 32)
    return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$|\D/g, '')
  },
}

function secondsOf(text: string, words: WordReader): number {
  const iso = text.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z')
  const seconds = Date.parse(iso) / 1000
  if (Number.isNaN(seconds)) throw words.error(`a time as YYYYMMDDHHmmSS, found '${text}'`)
  return seconds % 2 ** 32
}

/** Letter case is kept: signatures may be over it (RFC 6840 section 5.1). */
export const name: Field = {
  parse(words, writer) {
    const text = words.next('a name')
    const own = text === '@' ? [] : parseLabels(text)
    const labels = text !== '@' && isAbsolute(text) ? own : [...own, ...labelsOf(words.origin)]
    nameOf(labels) // throws if it is none
    for (const label of labels) writer.writeString(label)
    writer.write(0, 8)
  },
  format(reader) {
    const before = reader.left
    const { labels } = reader.wireName()
    const length = labels.reduce((sum, label) => sum + label.length + 1, 1)
    if (before - reader.left !== length) throw new RangeError('a compressed name')
    return formatName(formatLabels(labels))
  },
}

export const string: Field = {
  parse: (words, writer) => writer.writeString(unquote(words.type, words.next('a string'))),
  format: (reader) => quote(reader.string()),
}

/** One string or more, to the end. */
export const strings: Field = {
  parse(words, writer) {
    const rest = words.rest()
    if (rest.length === 0) throw words.error('one string or more')
    for (const word of rest) writer.writeString(unquote(words.type, word))
  },
  format(reader) {
    const texts: string[] = []
    while (reader.left > 0) texts.push(quote(reader.string()))
    if (texts.length === 0) throw new RangeError('no string')
    return texts.join(' ')
  },
}

/** Octets of any number, to the end. */
export const text: Field = {
  parse: (words, writer) => writer.writeText(unescapeOctets(words.type, words.next('a string'))),
  format: (reader) => quote(reader.text(reader.left)),
}

/** To the end; blanks may divide it. */
export const hex: Field = {
  parse: (words, writer) => writer.writeOctets(readHex(words.rest().join(''), words)),
  format: (reader) => upperHex(someOctets(reader)),
}

/** To the end; blanks may divide it. */
export const base64: Field = {
  parse(words, writer) {
    const digits = words.rest().join('')
    const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(digits) && digits.length % 4 === 0
    if (!isBase64) throw words.error('base64')
    writer.writeOctets(Buffer.from(digits, 'base64'))
  },
  format: (reader) => Buffer.from(someOctets(reader)).toString('base64'),
}

/** With its length before it; `-` if there is none (RFC 5155 section 3.3). */
export const salt: Field = {
  parse(words, writer) {
    const word = words.next('a salt')
    const octets = word === '-' ? new Uint8Array(0) : readHex(word, words)
    if (octets.length > 255) throw words.error('a salt of at most 255 octets')
    writer.write(octets.length, 8)
    writer.writeOctets(octets)
  },
  format(reader) {
    const octets = reader.octets(reader.uint8())
    return octets.length === 0 ? '-' : upperHex(octets)
  },
}

/** A hash with its length before it: RFC 5155 section 3.3. */
export const base32: Field = {
  parse(words, writer) {
    const octets = parseBase32(words.next('a hash'))
    if (octets === undefined || octets.length === 0 || octets.length > 255) throw words.error('a hash in base32')
    writer.write(octets.length, 8)
    writer.writeOctets(octets)
  },
  format(reader) {
    const length = reader.uint8()
    if (length === 0) throw new RangeError('no hash')
    return formatBase32(reader.octets(length))
  },
}

export const ipv4: Field = {
  parse(words, writer) {
    const word = words.next('an IPv4 address')
    if (!isIPv4(word)) throw words.error('an IPv4 address')
    writer.writeOctets(Uint8Array.from(octetsOf(word)))
  },
  format: (reader) => addressOf([...reader.octets(4)]),
}

/** `octets` of them, as EUI-48 (RFC 7043) and the identifiers of RFC 6742 are written. */
export function groups(octets: number, { size, divider }: { size: number; divider: string }): Field {
  return {
    parse(words, writer) {
      const expected = `${octets / size} groups of hexadecimal digits with '${divider}' between them`
      const parts = words.next(expected).split(divider)
      const isValid =
        parts.length === octets / size && parts.every((part) => /^[\da-f]+$/i.test(part) && part.length <= size * 2)
      if (!isValid) throw words.error(expected)
      writer.writeOctets(Buffer.from(parts.map((part) => part.padStart(size * 2, '0')).join(''), 'hex'))
    },
    format(reader) {
      const digits = Buffer.from(reader.octets(octets)).toString('hex')
      return (digits.match(new RegExp(`.{${size * 2}}`, 'g')) ?? []).join(divider)
    },
  }
}

function readHex(digits: string, words: WordReader): Uint8Array {
  if (!/^([\da-f]{2})+$/i.test(digits)) throw words.error('octets in hexadecimal')
  return Buffer.from(digits, 'hex')
}

function upperHex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex').toUpperCase()
}

/** @throws RangeError there are none, and no word can say so */
function someOctets(reader: RdataReader): Uint8Array {
  if (reader.left === 0) throw new RangeError('no octets')
  return reader.octets()
}
