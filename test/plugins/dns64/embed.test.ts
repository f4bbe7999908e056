import { expect } from 'chai'
import { parseNetwork } from '../../../src/corefile/network.ts'
import { embed } from '../../../src/plugins/dns64/embed.ts'

/** RFC 6052 section 2.4, tables 1 and 2; the lengths that it does not have as CoreDNS 1.14.7 writes them. */
const cases: readonly (readonly [prefix: string, address: string])[] = [
  ['2001:db8::/32', '2001:db8:c000:221::'],
  ['2001:db8:100::/40', '2001:db8:1c0:2:21::'],
  ['2001:db8:122::/48', '2001:db8:122:c000:2:2100::'],
  ['2001:db8:122:300::/56', '2001:db8:122:3c0:0:221::'],
  ['2001:db8:122:344::/64', '2001:db8:122:344:c0:2:2100:0'],
  ['2001:db8:122:344::/72', '2001:db8:122:344:c0:2:2100:0'],
  ['2001:db8:122:344::/80', '2001:db8:122:344:0:c000:221:0'],
  ['2001:db8:122:344::/88', '2001:db8:122:344:0:c0:2:2100'],
  ['2001:db8:122:344::/96', '2001:db8:122:344::c000:221'],
  ['64:ff9b::/96', '64:ff9b::c000:221'],
]

describe('dns64: an IPv4 address in an IPv6 one (RFC 6052 section 2.2)', () => {
  for (const [prefix, address] of cases) {
    it(`192.0.2.33 behind ${prefix}: ${address}`, () => {
      expect(embed(parseNetwork(prefix), '192.0.2.33')).to.equal(address)
    })
  }

  it('does not have what stands behind the length of the prefix', () => {
    expect(embed(parseNetwork('2001:db8::ffff:ffff/32'), '192.0.2.33')).to.equal('2001:db8:c000:221::')
  })
})
