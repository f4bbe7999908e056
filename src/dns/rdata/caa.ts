import { RdataSyntaxError } from '../errors.ts'
import type { RdataByType } from '../record.ts'
import type { RdataCodec } from './codec.ts'
import { parseInteger } from './integer.ts'
import { quote, unescapeOctets } from './strings.ts'

/** RFC 8659 section 4.1. dns2 would write the value's octets as UTF-8. */
export const caa: RdataCodec<RdataByType['CAA']> = {
  size: ({ tag, value }) => 2 + tag.length + value.length,
  read(reader) {
    const flags = reader.uint8()
    const tag = reader.string()
    return { flags, tag, value: reader.text(reader.left) }
  },
  write({ flags, tag, value }, writer) {
    writer.write(flags, 8)
    writer.writeString(tag)
    writer.writeText(value)
  },
  format: ({ flags, tag, value }) => `${flags} ${tag} ${quote(value)}`,
  parse(words) {
    const [flags, tag, value, ...more] = words
    if (tag === undefined || !/^[a-z0-9]{1,255}$/i.test(tag) || value === undefined || more.length > 0) {
      throw new RdataSyntaxError('CAA', words.join(' '), 'flags, a tag of letters and digits, and a value')
    }
    return { flags: parseInteger('CAA', flags, 0xff), tag, value: unescapeOctets('CAA', value) }
  },
}
