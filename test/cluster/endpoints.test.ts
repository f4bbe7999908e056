import { expect } from 'chai'
import fc from 'fast-check'
import { changedEndpoints, shareEndpoints } from '../../src/cluster/endpoints.ts'
import type { Endpoint, EndpointSlice } from '../../src/cluster/model.ts'
import { endpoint, slice } from './objects.ts'

const addresses = fc.array(fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'), {
  minLength: 1,
  maxLength: 2,
})
const anyEndpoint: fc.Arbitrary<Endpoint> = fc.record(
  {
    addresses,
    ready: fc.boolean(),
    serving: fc.constant(true),
    terminating: fc.constant(false),
    hostname: fc.constantFrom('a', 'b'),
    zone: fc.constantFrom('x', 'y'),
    targetName: fc.constantFrom('pod-0', 'pod-1'),
  },
  { requiredKeys: ['addresses', 'ready', 'serving', 'terminating'] },
)
const anySlice: fc.Arbitrary<EndpointSlice> = fc
  .record({
    endpoints: fc.array(anyEndpoint, { maxLength: 5 }),
    serviceName: fc.constantFrom('web', 'web', 'web', 'db'),
    labels: fc.constantFrom({}, {}, { app: 'a' }),
    port: fc.constantFrom(80, 81),
  })
  .map(({ endpoints, serviceName, labels, port }) =>
    slice('shop', 's', { endpoints, serviceName, labels, ports: [{ name: 'http', protocol: 'TCP', port }] }),
  )

/** All that a look-up by address can tell of a slice. */
function seenAt(address: string, { endpoints, serviceName, labels }: EndpointSlice) {
  const here = endpoints.filter((each) => each.addresses.includes(address))
  return here.length === 0 ? [] : [serviceName, labels, ...here]
}

describe('endpoints of a slice that changes', () => {
  it('name every address at which something else is seen than before', () => {
    fc.assert(
      fc.property(anySlice, anySlice, (before, after) => {
        const touched = new Set(changedEndpoints(before, after).flatMap((each) => each.addresses))
        for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']) {
          if (touched.has(address)) continue
          expect(seenAt(address, after)).to.deep.equal(seenAt(address, before))
        }
      }),
      { numRuns: 2000 },
    )
  })

  const [one, two, three] = [endpoint('10.0.0.1'), endpoint('10.0.0.2'), endpoint('10.0.0.3')]
  const unready = { ...two, ready: false }
  const cases: readonly {
    title: string
    before: Partial<EndpointSlice>
    after: Partial<EndpointSlice>
    changed: readonly Endpoint[]
  }[] = [
    {
      title: 'are none where they are equal',
      before: { endpoints: [one, two] },
      after: { endpoints: [{ ...one }, { ...two }] },
      changed: [],
    },
    {
      title: 'are none where their order is another',
      before: { endpoints: [one, two] },
      after: { endpoints: [two, one] },
      changed: [],
    },
    {
      title: 'are the one that is no longer ready',
      before: { endpoints: [one, two] },
      after: { endpoints: [one, unready] },
      changed: [two, unready],
    },
    {
      title: 'are the one that came',
      before: { endpoints: [one] },
      after: { endpoints: [three, one] },
      changed: [three],
    },
    {
      title: 'are the one that went',
      before: { endpoints: [one, three] },
      after: { endpoints: [three] },
      changed: [one],
    },
    {
      title: 'are none where only ports change',
      before: { endpoints: [one] },
      after: { endpoints: [one], ports: [{ protocol: 'TCP', port: 1 }] },
      changed: [],
    },
    {
      title: 'are all where the slice goes to another Service',
      before: { endpoints: [one], serviceName: 'a' },
      after: { endpoints: [one], serviceName: 'b' },
      changed: [one, one],
    },
    {
      title: 'are all where an address stands there twice',
      before: { endpoints: [one, one] },
      after: { endpoints: [one] },
      changed: [one, one, one],
    },
  ]
  for (const { title, before, after, changed } of cases) {
    it(title, () => {
      expect(changedEndpoints(slice('shop', 's', before), slice('shop', 's', after))).to.deep.equal(changed)
    })
  }

  it('are shared where they are the same, and stay what they are', () => {
    fc.assert(
      fc.property(anySlice, anySlice, (before, after) => {
        expect(shareEndpoints(before, after)).to.deep.equal(after)
      }),
    )
    const [same, other] = [{ ...one }, unready]
    const shared = shareEndpoints(
      slice('shop', 's', { endpoints: [one, two] }),
      slice('shop', 's', { endpoints: [same, other] }),
    )
    expect(shared.endpoints[0]).to.equal(one)
    expect(shared.endpoints[1]).to.equal(other)
  })
})
