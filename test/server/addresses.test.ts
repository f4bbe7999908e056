import { isIP } from 'node:net'
import { expect } from 'chai'
import { reachableAddresses } from '../../src/server/addresses.ts'

describe('the addresses that a server is reached at', () => {
  it('are those it listens at, each once', () => {
    const listen = [
      { address: '127.0.0.1', port: 53 },
      { address: '127.0.0.1', port: 54 },
      { address: '::1', port: 53 },
    ]
    expect(reachableAddresses(listen)).to.deep.equal(['127.0.0.1', '::1'])
  })

  it('are those of the machine where it listens everywhere', () => {
    const addresses = reachableAddresses([{ address: '::', port: 53 }])
    expect(addresses).to.not.have.length(0)
    for (const address of addresses) {
      expect(isIP(address), address).to.not.equal(0)
      expect(address).to.not.equal('::')
      expect(address).to.not.match(/^fe80:/)
    }
  })

  it('are IPv4 only where it listens on all of IPv4', () => {
    for (const address of reachableAddresses([{ address: '0.0.0.0', port: 53 }])) expect(isIP(address)).to.equal(4)
  })
})
