import { expect } from 'chai'
import fc from 'fast-check'
import { trims } from '../../../src/cluster/live/trim.ts'
import type { EndpointSlice } from '../../../src/cluster/model.ts'
import { apiSlice } from '../../support/api-objects.ts'

const condition = fc.constantFrom(true, false, null, undefined)
const text = (...texts: string[]) => fc.constantFrom(undefined, '', ...texts)
const rawEndpoint = fc.record({
  addresses: fc.array(fc.constantFrom('10.0.0.1', '10.0.0.2', 'fd00::1', 'FD00:0::1', 'None'), { maxLength: 2 }),
  conditions: fc.option(fc.record({ ready: condition, serving: condition, terminating: condition })),
  hostname: text('a', 'b'),
  nodeName: text('n'),
  zone: text('x', 'y'),
  targetRef: fc.option(fc.record({ kind: fc.constant('Pod'), name: text('pod-0', 'pod-1') })),
})
const rawSlice = fc.array(rawEndpoint, { maxLength: 4 }).map((endpoints) => apiSlice('shop/web-1', 'web', endpoints))

const keep = { labels: false }
const trim = (raw: object, before?: EndpointSlice): EndpointSlice => {
  const slice = trims.EndpointSlice({ ...raw }, keep, before)
  if (slice === undefined) throw new Error('it has a name')
  return slice
}

describe('live cluster: a slice that comes again', () => {
  it('is trimmed to what it would be if it came for the first time', () => {
    fc.assert(
      fc.property(rawSlice, rawSlice, (first, second) => {
        expect(trim(second, trim(first))).to.deep.equal(trim(second))
      }),
      { numRuns: 2000 },
    )
  })

  it('has the endpoints that it had, where they are as they were', () => {
    const ready = {
      addresses: ['10.0.0.1'],
      conditions: { ready: true, serving: true, terminating: false },
      hostname: 'a',
    }
    const gone = { ...ready, addresses: ['10.0.0.2'], conditions: { ready: false } }
    const before = trim(apiSlice('shop/web-1', 'web', [ready, { ...gone, conditions: { ready: true } }, ready]))
    const after = trim(apiSlice('shop/web-1', 'web', [ready, gone]), before)
    expect(after.endpoints[0]).to.equal(before.endpoints[0])
    expect(after.endpoints[1]).to.not.equal(before.endpoints[1])
    expect(after.endpoints[1]).to.deep.include({ addresses: ['10.0.0.2'], ready: false })
  })
})
