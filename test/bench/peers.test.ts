import { expect } from 'chai'
import { halfRate, middleOf } from '../../bench/half-load.ts'
import { allPeers, present } from '../../bench/peers/all.ts'
import { parseExternal } from '../../bench/peers/external.ts'
import { freePort } from '../../bench/peers/port.ts'

describe('benchmark peers', () => {
  it('that are missing are skipped, and named with what to install', () => {
    const path = process.env.PATH
    process.env.PATH = '/nonexistent'
    try {
      const external = [{ name: 'coredns', host: '127.0.0.1', port: 5353 }]
      const { peers, skipped } = present(allPeers({ server: ['node'], echo: undefined, external }))
      expect(peers.map(({ name }) => name)).to.deep.equal(['batched', 'dgram', 'dns2', 'coredns'])
      expect(skipped).to.deep.equal([
        { peer: 'kubeadm', reason: 'knotd, its upstream, is not installed: apt-get install knot' },
        { peer: 'knot', reason: 'knotd is not installed: apt-get install knot' },
        { peer: 'nsd', reason: 'nsd is not installed: apt-get install nsd' },
        { peer: 'echo', reason: 'there is no C compiler: apt-get install gcc libc6-dev' },
      ])
    } finally {
      process.env.PATH = path
    }
  })

  const externals = [
    { text: 'coredns=127.0.0.1:5353', peer: { name: 'coredns', host: '127.0.0.1', port: 5353 } },
    { text: 'coredns-1.14=10.0.0.2:53,4711', peer: { name: 'coredns-1.14', host: '10.0.0.2', port: 53, pid: 4711 } },
    { text: '127.0.0.1:5353', peer: undefined },
    { text: 'coredns=localhost:53', peer: undefined },
    { text: 'coredns=127.0.0.1', peer: undefined },
  ]
  for (const { text, peer } of externals) {
    it(`from outside: ${text}`, () => expect(parseExternal(text)).to.deep.equal(peer))
  }

  it('get a port that is free', async () => {
    expect(await freePort('127.0.0.1')).to.be.within(20_000, 29_999)
  })
})

describe('the half load of a round', () => {
  it('is the turn in the middle by its p99, with the losses of all', () => {
    const turns = [900, 80, 100, 5000, 90].map((p99Micros, turn) => ({ turn, p99Micros, lost: turn }))
    expect(middleOf(turns)).to.deep.equal({ turn: 2, p99Micros: 100, lost: 10 })
  })
})

describe('the rate of the half load', () => {
  const cases = [
    { title: 'is half of the reference', own: 100, reference: 80, rate: 40 },
    { title: 'is so for the reference itself', own: 80, reference: 80, rate: 40 },
    { title: 'is so for a slower peer that has room', own: 50, reference: 80, rate: 40 },
    { title: 'is half of its own for one that has none', own: 49, reference: 80, rate: 25 },
    { title: 'is half of its own without a reference', own: 100, reference: undefined, rate: 50 },
  ]
  for (const { title, own, reference, rate } of cases) {
    it(title, () => expect(halfRate(own, reference)).to.equal(rate))
  }
})
