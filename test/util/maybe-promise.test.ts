import { expect } from 'chai'
import { mapMaybe } from '../../src/util/maybe-promise.ts'

describe('util: mapMaybe', () => {
  it('changes a value that is here, here', () => expect(mapMaybe(1, (value) => value + 1)).to.equal(2))

  it('changes a promised value later', async () => {
    const promise = mapMaybe(Promise.resolve(1), (value) => value + 1)
    expect(promise).to.be.instanceOf(Promise)
    expect(await promise).to.equal(2)
  })

  it('throws, or rejects, what the change throws', async () => {
    const fail = () => {
      throw new Error('no')
    }
    expect(() => mapMaybe(1, fail)).to.throw('no')
    const thrown = await Promise.resolve(mapMaybe(Promise.resolve(1), fail)).catch((error: unknown) => error)
    expect(thrown).to.be.instanceOf(Error)
  })
})
