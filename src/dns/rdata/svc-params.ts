import { isIPv4, isIPv6 } from 'node:net'
import { addressOf, octetsOf } from '../../util/address.ts'
import { RdataReader } from '../wire/rdata-reader.ts'
import type { OctetWriter } from '../wire/writer.ts'
import { quote, unescapeOctets } from './strings.ts'
import type { WordReader } from './word-reader.ts'

/** SvcParamKeys: RFC 9460 section 14.3.2. */
const keyNames: readonly string[] = [
  'mandatory',
  'alpn',
  'no-default-alpn',
  'port',
  'ipv4hint',
  'ech',
  'ipv6hint',
  'dohpath',
  'ohttp',
]

/** The parameters of SVCB and HTTPS rdata: RFC 9460 section 2.1. */
export const svcParams = {
  parse(words: WordReader, writer: OctetWriter): void {
    const params = new Map<number, Uint8Array>()
    for (const word of words.rest()) {
      const [, key = '', , value] = /^([^=]*)(=(.*))?$/s.exec(word) ?? []
      const code = keyCode(key)
      if (code === undefined || params.has(code)) throw words.error(`parameters, each once, found '${word}'`)
      params.set(code, parseValue(code, value, words))
    }
    for (const [code, octets] of [...params].sort(([left], [right]) => left - right)) {
      writer.write(code, 16)
      writer.write(octets.length, 16)
      writer.writeOctets(octets)
    }
  },

  format(reader: RdataReader): string {
    const params: string[] = []
    while (reader.left > 0) {
      const code = reader.uint16()
      const octets = reader.octets(reader.uint16())
      const value = formatValue(code, octets)
      params.push(value === undefined ? keyName(code) : `${keyName(code)}=${value}`)
    }
    return params.join(' ')
  },
}

function keyName(code: number): string {
  return keyNames[code] ?? `key${code}`
}

function keyCode(name: string): number | undefined {
  const known = keyNames.indexOf(name)
  if (known >= 0) return known
  const number = /^key(0|[1-9]\d{0,4})$/.exec(name)?.[1]
  return number !== undefined && Number(number) < 0xffff ? Number(number) : undefined
}

function parseValue(code: number, raw: string | undefined, words: WordReader): Uint8Array {
  const name = keyName(code)
  const text = unescapeOctets(words.type, (raw ?? '').replace(/^"(.*)"$/s, '$1'))
  const expect = (isValid: boolean, expected: string) => {
    if (!isValid) throw words.error(`${name}${expected}`)
  }
  switch (name) {
    case 'no-default-alpn':
    case 'ohttp':
      expect(raw === undefined, ' without a value')
      return new Uint8Array(0)
    case 'mandatory': {
      const codes = text.split(',').map((key) => keyCode(key) ?? -1)
      expect(!codes.includes(-1) && new Set(codes).size === codes.length, '= and keys')
      return uint16s(codes.sort((left, right) => left - right))
    }
    case 'alpn': {
      const ids = splitList(text)
      expect(raw !== undefined && ids.every((id) => id.length > 0 && id.length <= 255), '= and protocols')
      return Buffer.concat(ids.map((id) => Buffer.from(String.fromCharCode(id.length) + id, 'latin1')))
    }
    case 'port':
      expect(/^\d{1,5}$/.test(text) && Number(text) <= 0xffff, '= and a port')
      return uint16s([Number(text)])
    case 'ipv4hint':
      expect(text.split(',').every(isIPv4), '= and IPv4 addresses')
      return Uint8Array.from(text.split(',').flatMap(octetsOf))
    case 'ipv6hint':
      expect(
        text.split(',').every((each) => isIPv6(each) && !each.includes('%')),
        '= and IPv6 addresses',
      )
      return Uint8Array.from(text.split(',').flatMap(octetsOf))
    case 'ech':
      expect(/^[A-Za-z0-9+/]+={0,2}$/.test(text), '= and base64')
      return new Uint8Array(Buffer.from(text, 'base64'))
    default:
      return new Uint8Array(Buffer.from(text, 'latin1'))
  }
}

/** @throws WireFormatError, RangeError the octets are no value of this key */
function formatValue(code: number, octets: Uint8Array): string | undefined {
  const reader = new RdataReader(octets, 0, octets.length)
  switch (keyName(code)) {
    case 'no-default-alpn':
    case 'ohttp':
      reader.finish()
      return undefined
    case 'mandatory':
      return listOf(reader, () => keyName(reader.uint16())).join(',')
    case 'alpn':
      return quote(listOf(reader, () => reader.string().replace(/[\\,]/g, '\\$&')).join(','))
    case 'port': {
      const port = reader.uint16()
      reader.finish()
      return String(port)
    }
    case 'ipv4hint':
      return listOf(reader, () => addressOf([...reader.octets(4)])).join(',')
    case 'ipv6hint':
      return listOf(reader, () => addressOf([...reader.octets(16)])).join(',')
    case 'ech':
      return Buffer.from(octets).toString('base64')
    default:
      return octets.length === 0 ? undefined : quote(Buffer.from(octets).toString('latin1'))
  }
}

/** @throws RangeError it is empty, which no list may be */
function listOf(reader: RdataReader, read: () => string): string[] {
  const items: string[] = []
  while (reader.left > 0) items.push(read())
  if (items.length === 0) throw new RangeError('an empty list')
  return items
}

/** Items between commas; `\,` and `\\` are part of one (RFC 9460 appendix A.1). */
function splitList(text: string): string[] {
  const items = ['']
  for (const [found] of text.matchAll(/\\[\s\S]|[\s\S]/g)) {
    if (found === ',') items.push('')
    else items.push(`${items.pop() ?? ''}${found.length === 2 ? found[1] : found}`)
  }
  return items
}

function uint16s(numbers: readonly number[]): Uint8Array {
  return Uint8Array.from(numbers.flatMap((number) => [number >>> 8, number & 0xff]))
}
