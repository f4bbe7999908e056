import { expect } from 'chai'
import { nearest } from '../../src/util/nearest.ts'

const words = ['errors', 'log', 'forward', 'kubernetes', 'fallthrough', 'pods', 'ttl']

const cases = [
  { word: 'kubernets', meant: 'kubernetes' },
  { word: 'fallthru', meant: 'fallthrough' },
  { word: 'error', meant: 'errors' },
  { word: 'FORWARD', meant: 'forward' },
  { word: 'forwrad', meant: 'forward' },
  { word: 'pod', meant: 'pods' },
  { word: 'tll', meant: 'ttl' },
  { word: 'logs', meant: 'log' },
  { word: 'cache', meant: undefined },
  { word: '', meant: undefined },
]

describe('util: the nearest of some words', () => {
  for (const { word, meant } of cases) {
    it(`to '${word}' is ${meant ?? 'none'}`, () => expect(nearest(word, words)).to.equal(meant))
  }

  it('of none is none', () => expect(nearest('log', [])).to.equal(undefined))
})
