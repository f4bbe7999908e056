import { expect } from 'chai'
import { Collection } from '../../src/cluster/collection.ts'
import { keyOf } from '../../src/cluster/model.ts'
import { namespace } from './objects.ts'

describe('Collection: an index', () => {
  const collection = new Collection<ReturnType<typeof namespace>>()
  const byLabel = collection.index(({ labels }) => Object.values(labels))

  it('is in step with what is set, replaced and taken away', () => {
    collection.set('b', namespace('b', { labels: { one: 'x', two: 'y' } }))
    collection.set('a', namespace('a', { labels: { one: 'x', two: 'x' } }))
    expect(byLabel.get('x').map(keyOf), 'ordered by key, an object under equal terms once').to.deep.equal(['a', 'b'])
    expect(byLabel.get('y').map(keyOf)).to.deep.equal(['b'])

    collection.set('b', namespace('b', { labels: { one: 'z' } }))
    expect([...byLabel.terms()].sort(), 'no term without objects').to.deep.equal(['x', 'z'])

    collection.set('a', undefined)
    collection.set('b', undefined)
    expect([...byLabel.terms()]).to.deep.equal([])
    expect(byLabel.get('x')).to.deep.equal([])
    expect(collection.list()).to.deep.equal([])
  })
})
