import { expect } from 'chai'
import { dnsperfArguments, readDnsperf } from '../../bench/tools/dnsperf.ts'
import { readGenerated } from '../../bench/tools/generator.ts'

/** As dnsperf 2.10.0 closes. */
const closing = (rcodes: string): string => `Statistics:

  Queries sent:         303150
  Queries completed:    303140 (100.00%)
  Queries lost:         10 (0.00%)

  Response codes:       ${rcodes}
  Average packet size:  request 50, response 66
  Run time (s):         2.000436
  Queries per second:   151537.964724

  Average Latency (s):  0.000235 (min 0.000012, max 0.004214)
  Latency StdDev (s):   0.000092
`

describe('what dnsperf prints', () => {
  it('is read', () => {
    const result = readDnsperf(closing('NXDOMAIN 303140 (100.00%)'), 'NXDOMAIN')
    expect({ ...result, averageMicros: Math.round(result.averageMicros) }).to.deep.equal({
      answered: 303_140,
      lost: 10,
      queriesPerSecond: 151_537.964724,
      averageMicros: 235,
    })
  })

  for (const rcodes of ['NXDOMAIN 9 (100.00%)', 'NOERROR 99 (99.00%), SERVFAIL 1 (1.00%)']) {
    it(`is refused where it is not the load that was meant: ${rcodes}`, () => {
      expect(() => readDnsperf(closing(rcodes), 'NOERROR')).to.throw(`dnsperf counted: ${rcodes}`)
    })
  }

  it('is refused where something is missing', () => {
    const cut = closing('NOERROR 1 (100.00%)').replace(/Queries lost.*/, '')
    expect(() => readDnsperf(cut, 'NOERROR')).to.throw("dnsperf did not print 'Queries lost'")
  })
})

it('dnsperf is given the EDNS option of the load', () => {
  const run = { host: '127.0.0.1', port: 53, file: 'q', seconds: 2, transport: 'udp', expected: 'NOERROR' } as const
  expect(dnsperfArguments({ ...run, option: { code: 10, hex: '0123456789abcdef' } }).slice(-3)).to.deep.equal([
    '-e',
    '-E',
    '10:0123456789abcdef',
  ])
  expect(dnsperfArguments(run)).not.to.include('-e')
})

describe('what our load generator prints', () => {
  const printed = {
    sent: 11,
    answered: 10,
    lost: 1,
    unexpected: 0,
    truncated: 5,
    answerOctets: 520,
    seconds: 2,
    coreShare: 0.99,
    next: 1,
    rcodes: [10, 0, 0, 0],
    histogram: [
      [1000, 3000, 9],
      [8000, 8200, 1],
    ],
  }

  it('is read', () => {
    expect(readGenerated(JSON.stringify(printed), 'NOERROR')).to.deep.equal({
      sent: 11,
      answered: 10,
      lost: 1,
      queriesPerSecond: 5,
      p50Micros: 2,
      p99Micros: 8.1,
      truncatedShare: 0.5,
      octetsPerAnswer: 52,
      loadCoreShare: 0.99,
      next: 1,
    })
  })

  it('is refused where it is not the load that was meant', () => {
    const text = JSON.stringify({ ...printed, rcodes: [7, 0, 1, 2] })
    expect(() => readGenerated(text, 'NOERROR')).to.throw('expected NOERROR alone, got: SERVFAIL 1, NXDOMAIN 2')
  })

  it('is refused where nothing was answered', () => {
    const text = JSON.stringify({ ...printed, answered: 0, histogram: [], rcodes: [0] })
    expect(() => readGenerated(text, 'NOERROR')).to.throw('none of 11 queries was answered')
  })
})
