import { RdataSyntaxError } from '../errors.ts'
import type { RdataByType } from '../record.ts'
import type { RdataCodec } from './codec.ts'
import { quote, unquote } from './strings.ts'

/** RFC 1035 section 3.3.2. */
export const hinfo: RdataCodec<RdataByType['HINFO']> = {
  size: ({ cpu, os }) => 2 + cpu.length + os.length,
  read: (reader) => ({ cpu: reader.string(), os: reader.string() }),
  write({ cpu, os }, writer) {
    writer.writeString(cpu)
    writer.writeString(os)
  },
  format: ({ cpu, os }) => `${quote(cpu)} ${quote(os)}`,
  /** One string is both, with a blank between, and further ones belong to the second: as CoreDNS reads it. */
  parse(words) {
    const [cpu, ...os] = words.length === 1 ? (words[0] ?? '').trim().split(/\s+/) : words
    if (cpu === undefined) throw new RdataSyntaxError('HINFO', words.join(' '), 'two strings')
    return { cpu: unquote('HINFO', cpu), os: unquote('HINFO', os.join(' ')) }
  },
}
