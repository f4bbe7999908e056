import { expect } from 'chai'
import { Metrics, observe } from '../../src/util/metrics.ts'

describe('Metrics', () => {
  it('gives the same family by its name, and the same series by its values', () => {
    const metrics = new Metrics()
    const options = { name: 'a_total', help: 'A.', labels: ['x', 'y'] }
    const series = metrics.counter(options).of('1', '2')
    expect(metrics.counter(options).of('1', '2')).to.equal(series)
    expect(metrics.counter(options).of('12', '')).to.not.equal(series)
    expect(metrics.families()).to.have.lengthOf(1)
  })

  it('wants a value for each label', () => {
    const family = new Metrics().gauge({ name: 'a', help: 'A.', labels: ['x', 'y'] })
    expect(() => family.of('1')).to.throw(TypeError, 'a has the labels x, y, not 1 of them')
  })

  it('counts a value in the first bucket that it is not above', () => {
    const family = new Metrics().histogram({ name: 'a', help: 'A.', bounds: [1, 2] })
    const histogram = family.of()
    for (const value of [-1, 0, 1, 1.5, 2, 2.5, 100]) observe(family, histogram, value)
    expect([...histogram.counts]).to.deep.equal([3, 2, 2])
    expect(histogram.sum).to.equal(106)
  })

  it('has things brought up to date before it is read, each by the last who wanted to', () => {
    const metrics = new Metrics()
    const gauge = metrics.gauge({ name: 'a', help: 'A.' }).of()
    metrics.beforeReading('a', () => gauge.value++)
    metrics.beforeReading('a', () => {
      gauge.value += 10
    })
    metrics.families()
    expect(gauge.value).to.equal(10)
  })

  it('forgets what a family had', () => {
    const family = new Metrics().counter({ name: 'a', help: 'A.', labels: ['x'] })
    family.of('1').value = 7
    family.clear()
    expect([...family.series]).to.deep.equal([])
    expect(family.of('1').value).to.equal(0)
  })
})
