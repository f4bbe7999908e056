import { expect } from 'chai'
import { isNewerSerial } from '../../src/dns/serial.ts'

describe('serials around the circle (RFC 1982)', () => {
  const cases: readonly [serial: number, than: number, isNewer: boolean][] = [
    [1, 0, true],
    [0, 1, false],
    [7, 7, false],
    [2 ** 31 - 1, 0, true],
    [2 ** 31, 0, false],
    [0, 2 ** 31, false],
    [2 ** 31 + 1, 0, false],
    [0, 2 ** 31 + 1, true],
    [0, 2 ** 32 - 1, true],
    [2 ** 32 - 1, 0, false],
    [44, 2 ** 32 - 100, true],
  ]
  for (const [serial, than, isNewer] of cases) {
    it(`${serial} is ${isNewer ? 'newer' : 'no newer'} than ${than}`, () => {
      expect(isNewerSerial(serial, than)).to.equal(isNewer)
    })
  }
})
