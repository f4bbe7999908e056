import { RdataSyntaxError } from '../errors.ts'
import { parseRelativeName } from '../name.ts'
import type { RdataByType } from '../record.ts'
import { formatName } from '../text/words.ts'
import { octetsOfName, writeFullName } from '../wire/write-name.ts'
import type { RdataCodec } from './codec.ts'
import { parseInteger } from './integer.ts'
import { quote, unquote } from './strings.ts'

/** RFC 3403 section 4.1: for the replacement, "name compression is not to be used". */
export const naptr: RdataCodec<RdataByType['NAPTR']> = {
  size: ({ flags, services, regexp, replacement }) =>
    7 + flags.length + services.length + regexp.length + octetsOfName(replacement),
  read: (reader) => ({
    order: reader.uint16(),
    preference: reader.uint16(),
    flags: reader.string(),
    services: reader.string(),
    regexp: reader.string(),
    replacement: reader.name(),
  }),
  write({ order, preference, flags, services, regexp, replacement }, writer) {
    writer.write(order, 16)
    writer.write(preference, 16)
    for (const string of [flags, services, regexp]) writer.writeString(string)
    writeFullName(replacement, writer)
  },
  format({ order, preference, flags, services, regexp, replacement }) {
    return [order, preference, quote(flags), quote(services), quote(regexp), formatName(replacement)].join(' ')
  },
  parse(words, origin) {
    const [order, preference, flags = '', services = '', regexp = '', replacement, ...more] = words
    if (replacement === undefined || more.length > 0) {
      throw new RdataSyntaxError('NAPTR', words.join(' '), 'order, preference, flags, services, regexp and replacement')
    }
    return {
      order: parseInteger('NAPTR', order, 0xffff),
      preference: parseInteger('NAPTR', preference, 0xffff),
      flags: unquote('NAPTR', flags),
      services: unquote('NAPTR', services),
      regexp: unquote('NAPTR', regexp),
      replacement: parseRelativeName(replacement, origin),
    }
  },
}
