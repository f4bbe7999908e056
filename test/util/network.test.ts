import { expect } from 'chai'
import { canonicalAddress } from '../../src/util/address.ts'
import { networkContains, networkOf } from '../../src/util/network.ts'

const cases = [
  { prefix: '10.0.0.0/8', address: '10.255.0.1', within: true },
  { prefix: '10.0.0.0/8', address: '11.0.0.1', within: false },
  { prefix: '10.1.2.3/8', address: '10.9.9.9', within: true },
  { prefix: '172.16.0.0/12', address: '172.31.255.255', within: true },
  { prefix: '172.16.0.0/12', address: '172.32.0.0', within: false },
  { prefix: '192.0.2.1/32', address: '192.0.2.1', within: true },
  { prefix: '192.0.2.1/32', address: '192.0.2.0', within: false },
  { prefix: '0.0.0.0/0', address: '192.0.2.1', within: true },
  { prefix: '0.0.0.0/0', address: '::1', within: false },
  { prefix: '::/0', address: '::1', within: true },
  { prefix: 'fd00::/8', address: 'fd12:3456::1', within: true },
  { prefix: 'fd00::/8', address: 'fe80::1', within: false },
  { prefix: '10.0.0.0/8', address: '::ffff:10.1.2.3', within: true },
]

describe('util: networks', () => {
  for (const { prefix, address, within } of cases) {
    it(`${address} is ${within ? '' : 'not '}in ${prefix}`, () => {
      const network = networkOf(prefix)
      expect(network && networkContains(network, canonicalAddress(address))).to.equal(within)
    })
  }

  for (const text of ['', '10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0/8', '::/129', '10.0.0.0/-1', '10.0.0.0/8x']) {
    it(`'${text}' is none`, () => expect(networkOf(text)).to.equal(undefined))
  }
})
