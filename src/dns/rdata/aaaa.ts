import { isIPv6 } from 'node:net'
import { octetsOf } from '../../util/address.ts'
import { RdataSyntaxError } from '../errors.ts'
import type { RdataByType } from '../record.ts'
import type { RdataCodec } from './codec.ts'

/** RFC 3596 section 2. */
export const aaaa: RdataCodec<RdataByType['AAAA']> = {
  size: () => 16,
  octets({ address }) {
    if (!isIPv6(address)) throw new TypeError(`'${address}' is no IPv6 address`)
    return octetsOf(address)
  },
  decode: ({ address = '' }) => ({ address }),
  format: ({ address }) => address,
  parse(words) {
    const [address = '', ...more] = words
    const valid = isIPv6(address) && !address.includes('%') && more.length === 0
    if (!valid) throw new RdataSyntaxError('AAAA', words.join(' '), 'an IPv6 address')
    return { address: canonical(address) }
  },
}

/** The one spelling of RFC 5952 section 4, which the URL standard demands of hosts, too. */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}
