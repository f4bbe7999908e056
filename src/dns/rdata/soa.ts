import { RdataSyntaxError } from '../errors.ts'
import { parseRelativeName, root } from '../name.ts'
import type { RdataByType } from '../record.ts'
import { parseTtl } from '../text/ttl.ts'
import { formatName } from '../text/words.ts'
import { dns2Name } from '../wire/dns2-name.ts'
import { octetsOfName } from '../wire/write-name.ts'
import type { RdataCodec } from './codec.ts'
import { parseInteger } from './integer.ts'

/** RFC 1035 section 3.3.13. */
export const soa: RdataCodec<RdataByType['SOA']> = {
  names: { at: 0, count: 2 },
  size: ({ mname, rname }) => octetsOfName(mname) + octetsOfName(rname) + 20,
  encode: ({ mname, rname, expire, ...numbers }) => ({
    ...numbers,
    primary: dns2Name(mname),
    admin: dns2Name(rname),
    expiration: expire,
  }),
  decode({ serial = 0, refresh = 0, retry = 0, expiration = 0, minimum = 0 }, { names: [mname = root, rname = root] }) {
    return { mname, rname, serial, refresh, retry, expire: Number(expiration), minimum }
  },
  format: ({ mname, rname, serial, refresh, retry, expire, minimum }, spell = formatName) =>
    [spell(mname), spell(rname), serial, refresh, retry, expire, minimum].join(' '),
  parse(words, origin) {
    const [mname, rname, ...numbers] = words
    if (mname === undefined || rname === undefined || numbers.length !== 5) {
      throw new RdataSyntaxError('SOA', words.join(' '), 'two names and five numbers')
    }
    const number = (index: number) => parseInteger('SOA', numbers[index], 0xffff_ffff)
    // As in BIND and CoreDNS: the serial is no time.
    const time = (index: number) => parseTtl(numbers[index] ?? '') ?? number(index)
    return {
      mname: parseRelativeName(mname, origin),
      rname: parseRelativeName(rname, origin),
      serial: number(0),
      refresh: time(1),
      retry: time(2),
      expire: time(3),
      minimum: time(4),
    }
  },
}
