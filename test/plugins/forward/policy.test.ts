import { expect } from 'chai'
import { anyOf, ordering } from '../../../src/plugins/forward/policy.ts'
import { Serving } from './serving.ts'

const servers = ['a', 'b', 'c']
const orders = (policy: Parameters<typeof ordering>[0], count: number, random = () => 0) => {
  const order = ordering<string>(policy, random)
  return Array.from({ length: count }, () => order(servers).join(''))
}

const serving = new Serving()
afterEach(() => serving.end())

describe('forward: policy', () => {
  for (const { written, orders: expected } of [
    { written: '', orders: 'random' },
    { written: 'policy random', orders: 'random' },
    { written: 'policy round_robin', orders: 'in turn' },
    { written: 'policy sequential', orders: 'the first' },
  ]) {
    it(`${written === '' ? 'of a directive without one' : written}: ${expected}`, async () => {
      const [first, second] = [await serving.upstream(), await serving.upstream()]
      const server = serving.server(`forward . ${first.at} ${second.at} {\n${written}\n}`)
      const asked: string[] = []
      for (let count = 0; count < 40; count++) {
        const before = first.received.length
        await server.exchange('www.example. A')
        asked.push(first.received.length > before ? '1' : '2')
      }
      const sequence = asked.join('')
      const isInTurn = sequence === '21'.repeat(20)
      const isFirst = sequence === '1'.repeat(40)
      const order = isInTurn ? 'in turn' : isFirst ? 'the first' : 'random'
      expect(order, sequence).to.equal(expected)
    })
  }

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
