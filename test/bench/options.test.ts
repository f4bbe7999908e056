import { expect } from 'chai'
import { parseOptions } from '../../bench/options.ts'

describe('benchmark options', () => {
  it('without any: five rounds of everything', () => {
    expect(parseOptions([])).to.deep.equal({
      rounds: 5,
      seconds: 2,
      scale: 1,
      loads: [],
      only: [],
      external: [],
      json: undefined,
      chart: false,
      smoke: false,
    })
  })

  it('a smoke run is short and small, but for what is asked otherwise', () => {
    expect(parseOptions(['--smoke', '--rounds', '2'])).to.include({ rounds: 2, seconds: 0.1, scale: 0.02, smoke: true })
  })

  it('may repeat', () => {
    const args = [
      '--load',
      'hits',
      '--load',
      'srv',
      '--only',
      'knot',
      '--peer',
      'a=127.0.0.1:1',
      '--peer',
      'b=127.0.0.1:2,3',
    ]
    expect(parseOptions(args)).to.deep.include({
      loads: ['hits', 'srv'],
      only: ['knot'],
      external: [
        { name: 'a', host: '127.0.0.1', port: 1 },
        { name: 'b', host: '127.0.0.1', port: 2, pid: 3 },
      ],
    })
  })

  const wrong = [
    { args: ['--rounds', '1.5'], says: "--rounds: found '1.5', expected a number above 0" },
    { args: ['--seconds', '0'], says: "--seconds: found '0', expected a number above 0" },
    { args: ['--scale', 'big'], says: "--scale: found 'big', expected a number above 0" },
    { args: ['--peer', 'coredns'], says: "--peer: found 'coredns', expected NAME=HOST:PORT or NAME=HOST:PORT,PID" },
    { args: ['--fast'], says: "Unknown option '--fast'" },
  ]
  for (const { args, says } of wrong) {
    it(`says what is wrong: ${args.join(' ')}`, () => expect(parseOptions(args)).to.include(says))
  }
})
