import { isIPv4 } from 'node:net'
import { RdataSyntaxError } from '../errors.ts'
import type { RdataByType } from '../record.ts'
import type { RdataCodec } from './codec.ts'

/** RFC 1035 section 3.4.1. */
export const a: RdataCodec<RdataByType['A']> = {
  encode: ({ address }) => ({ address }),
  octets({ address }) {
    if (!isIPv4(address)) throw new TypeError(`'${address}' is no IPv4 address`)
    return address.split('.').map(Number)
  },
  decode: ({ address = '' }) => ({ address }),
  format: ({ address }) => address,
  parse(words) {
    const [address = '', ...more] = words
    if (!isIPv4(address) || more.length > 0) throw new RdataSyntaxError('A', words.join(' '), 'an IPv4 address')
    return { address }
  },
}
