import { expect } from 'chai'
import { maximumMessageOctets } from '../../../src/dns/edns.ts'
import { parseName } from '../../../src/dns/name.ts'
import { encodeMessage } from '../../../src/dns/wire/encode.ts'
import { noOffers } from '../../../src/plugin/offers.ts'
import { UpstreamError, type Upstreams } from '../../../src/plugin/upstream.ts'
import { SecondaryZones } from '../../../src/plugins/secondary/zones.ts'
import { silentLogger } from '../../../src/util/log.ts'
import { records, response } from '../../dns/messages.ts'
import { ManualTimer } from '../../support/manual-timer.ts'
import { soa } from './serving.ts'

/** What else a primary says, in an instant. */
const octetsOf = (ask: string, ...lines: string[]) =>
  encodeMessage(response(ask, { answer: records(...lines) }), maximumMessageOctets).octets

describe('secondary: when primaries are asked', () => {
  const origin = parseName('example.org.')
  const primaries = [{ address: '192.0.2.1', port: 53 }]

  /** A zone with refresh after 3600 s and retry after 600 s, whose primary is asked for its serial at these times. */
  async function started(random: number) {
    const timer = new ManualTimer()
    const asked: number[] = []
    const state = { isDown: false }
    const upstreams: Upstreams = {
      open: () => ({
        async exchange() {
          asked.push(timer.now())
          if (state.isDown) throw new UpstreamError('down')
          return octetsOf('example.org. SOA', soa(7))
        },
        close() {},
      }),
      lookup: () => Promise.reject(new UpstreamError('not asked')),
      async receive(_message, { take }) {
        take(octetsOf('example.org. TYPE252', soa(7), 'a.example.org. 5 IN A 192.0.2.1', soa(7)))
      },
    }
    const context = { upstreams, timer, log: silentLogger, invalidate: () => {}, offers: noOffers() }
    const zones = new SecondaryZones(
      { zones: new Map([[origin, { primaries }]]), fallthrough: [] },
      context,
      () => random,
    )
    zones.start()
    const goTo = async (ms: number) => {
      for (let round = 0; round < 20; round++) await new Promise(setImmediate)
      timer.goTo(ms)
      for (let round = 0; round < 20; round++) await new Promise(setImmediate)
    }
    return { goTo, asked, state }
  }

  for (const [random, refreshMs, retryMs] of [
    [0, 3_600_000, 600_000],
    [0.5, 3_602_500, 601_000],
    [0.75, 3_603_750, 601_500],
  ] as const) {
    it(`refresh and retry come later by chance: ${random}`, async () => {
      const { goTo, asked, state } = await started(random)
      await goTo(refreshMs - 1)
      expect(asked).to.deep.equal([])
      await goTo(refreshMs)
      expect(asked).to.deep.equal([refreshMs])
      state.isDown = true
      await goTo(2 * refreshMs)
      await goTo(2 * refreshMs + retryMs - 1)
      expect(asked).to.deep.equal([refreshMs, 2 * refreshMs])
      await goTo(2 * refreshMs + retryMs)
      state.isDown = false
      await goTo(2 * refreshMs + 2 * retryMs)
      await goTo(3 * refreshMs + 2 * retryMs)
      const times = [1, 2].map((times) => times * refreshMs)
      const after = [2 * refreshMs + retryMs, 2 * refreshMs + 2 * retryMs, 3 * refreshMs + 2 * retryMs]
      expect(asked).to.deep.equal([...times, ...after])
    })
  }
})
