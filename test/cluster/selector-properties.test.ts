import { expect } from 'chai'
import fc from 'fast-check'
import { formatSelector, parseSelector, type Requirement } from '../../src/cluster/selector.ts'

const name = fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?$/)
const prefix = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,9}[a-z0-9])?(\.[a-z0-9]{1,5})?$/)
const key = fc.oneof(
  name,
  fc.tuple(prefix, name).map((parts) => parts.join('/')),
  fc.constantFrom('in', 'notin'),
)
const value = fc.oneof(name, fc.constantFrom('', 'in', 'notin'))

const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({
    operator: fc.constantFrom('in' as const, 'notin' as const),
    key,
    values: fc.uniqueArray(value, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ operator: fc.constantFrom('exists' as const, 'absent' as const), key }),
)

describe('label selectors: properties', () => {
  it('what is formatted is parsed as what it was', () => {
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 5 }), (selector) => {
        expect(parseSelector(formatSelector(selector))).to.deep.equal(selector)
      }),
      { numRuns: 500 },
    )
  })
})
