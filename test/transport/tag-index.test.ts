import { expect } from 'chai'
import fc from 'fast-check'
import { TagIndex } from '../../src/transport/tag-index.ts'

/** An index, with what it must be equal to: the tags of each key. */
class Checked {
  readonly index = new TagIndex()
  readonly tagsByKey = new Map<number, readonly string[]>()

  add(key: number, tags: readonly string[]): void {
    this.remove(key)
    this.index.add(key, tags)
    this.tagsByKey.set(key, tags)
  }

  remove(key: number): void {
    this.index.remove(key, this.tagsByKey.get(key) ?? [])
    this.tagsByKey.delete(key)
  }

  /** Takes a tag as the cache does: its keys go, with all their tags. */
  take(tag: string): void {
    const expected = [...this.tagsByKey].filter(([, tags]) => tags.includes(tag)).map(([key]) => key)
    const taken = this.index.take(tag, () => this.tagsByKey)
    expect([...taken].sort()).to.deep.equal(expected.sort())
    for (const key of taken) this.remove(key)
  }
}

const key = fc.nat(3)
const tag = fc.constantFrom('t', 'u', 'v')
const step = fc.oneof(
  fc.record({ add: key, tags: fc.uniqueArray(tag) }),
  fc.record({ remove: key }),
  fc.record({ take: tag }),
)

describe('the index of tags', () => {
  it('knows the keys of each, whatever was added, removed and taken before', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const checked = new Checked()
        for (const each of steps) {
          if ('add' in each) checked.add(each.add, each.tags)
          else if ('remove' in each) checked.remove(each.remove)
          else checked.take(each.take)
        }
        for (const each of ['t', 'u', 'v']) checked.take(each)
        expect(checked.index.size).to.equal(0)
      }),
    )
  })

  it('finds the keys of a tag that very many have, also those that were removed and added since', () => {
    const checked = new Checked()
    for (let number = 0; number < 3000; number++) checked.add(number, ['many', `tag ${number}`])
    for (let number = 0; number < 3000; number += 3) checked.remove(number)
    checked.add(5000, ['many'])
    checked.add(5001, ['other'])
    checked.take('tag 1')
    checked.take('many')
    expect([...checked.tagsByKey.keys()]).to.deep.equal([5001])
    expect(checked.index.size).to.equal(1)
    checked.add(5002, ['many'])
    checked.take('many')
  })

  it('looks through all keys only where a tag has very many', () => {
    const index = new TagIndex()
    for (let number = 0; number < 1000; number++) index.add(number, ['some'])
    const none = (): never => {
      throw new Error('they are kept')
    }
    expect(index.take('some', none)).to.have.length(1000)
    expect(index.take('some', none)).to.have.length(0)
  })
})
