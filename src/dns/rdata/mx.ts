import { RdataSyntaxError } from '../errors.ts'
import { parseRelativeName, root } from '../name.ts'
import type { RdataByType } from '../record.ts'
import { formatName } from '../text/words.ts'
import { dns2Name } from '../wire/dns2-name.ts'
import { octetsOfName } from '../wire/write-name.ts'
import type { RdataCodec } from './codec.ts'
import { parseInteger } from './integer.ts'

/** RFC 1035 section 3.3.9. */
export const mx: RdataCodec<RdataByType['MX']> = {
  names: { at: 2, count: 1 },
  size: ({ exchange }) => 2 + octetsOfName(exchange),
  encode: ({ preference, exchange }) => ({ priority: preference, exchange: dns2Name(exchange) }),
  decode: ({ priority = 0 }, { names: [exchange = root] }) => ({ preference: priority, exchange }),
  format: ({ preference, exchange }, spell = formatName) => `${preference} ${spell(exchange)}`,
  parse(words, origin) {
    const [preference, exchange, ...more] = words
    if (exchange === undefined || more.length > 0) {
      throw new RdataSyntaxError('MX', words.join(' '), 'a preference and a name')
    }
    return { preference: parseInteger('MX', preference, 0xffff), exchange: parseRelativeName(exchange, origin) }
  },
}
