import { expect } from 'chai'
import { anyOf, ordering } from '../../../src/plugins/forward/policy.ts'

const servers = ['a', 'b', 'c']
const orders = (policy: Parameters<typeof ordering>[0], count: number, random = () => 0) => {
  const order = ordering<string>(policy, random)
  return Array.from({ length: count }, () => order(servers).join(''))
}

describe('forward: policy', () => {
  it('sequential: the order of the file', () => expect(orders('sequential', 2)).to.deep.equal(['abc', 'abc']))

  it('round_robin: another comes first each time, the others in the order of the file', () => {
    expect(orders('round_robin', 4)).to.deep.equal(['bac', 'cab', 'abc', 'bac'])
  })

  it('random: every order', () => {
    let seed = 1
    const random = () => {
      seed = (seed * 48_271) % 0x7fff_ffff
      return seed / 0x7fff_ffff
    }
    const seen = orders('random', 6000, random)
    const counts = Map.groupBy(seen, (order) => order)
    expect([...counts.keys()].toSorted()).to.deep.equal(['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
    for (const { length } of counts.values()) expect(length).to.be.within(850, 1150)
  })

  it('any one of them', () => {
    expect([0, 0.34, 0.99].map((value) => anyOf(servers, () => value))).to.deep.equal(['a', 'b', 'c'])
  })
})
