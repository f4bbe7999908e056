import { expect } from 'chai'
import { ProgrammingDurations, programmingBuckets } from '../../../src/cluster/live/programming-duration.ts'
import type { ClusterObject, Service } from '../../../src/cluster/model.ts'
import { type Histogram, Metrics } from '../../../src/util/metrics.ts'
import { endpoint, pod, service, slice } from '../objects.ts'

const now = Date.parse('2026-06-01T08:30:10Z')
const annotation = 'endpoints.kubernetes.io/last-change-trigger-time'
const changedAt = (trigger: unknown) => ({ metadata: { annotations: { [annotation]: trigger } } })
const ago = (ms: number) => changedAt(new Date(now - ms).toISOString())
const ofWeb = slice('shop', 'web-1', { serviceName: 'web', endpoints: [endpoint('10.0.0.1')] })

const services: readonly Service[] = [
  service('shop', 'web', { clusterIPs: ['10.96.0.1'] }),
  service('shop', 'db', { headless: true }),
]

function durations() {
  const find = (namespace: string, name: string) =>
    services.find((each) => each.namespace === namespace && each.name === name)
  const metrics = new Metrics()
  const durations = new ProgrammingDurations(find, () => now, metrics)
  return { metrics, observe: (raw: Record<string, unknown>, object: ClusterObject) => durations.observe(raw, object) }
}

/** Its histograms, by kind of Service. */
function byKind({ metrics }: { readonly metrics: Metrics }) {
  const [family, ...others] = metrics.families()
  expect(family).to.include({ name: 'coredns_kubernetes_dns_programming_duration_seconds', kind: 'histogram' })
  expect(family?.labels).to.deep.equal(['service_kind'])
  expect(others).to.deep.equal([])
  return [...(family?.series.values() ?? [])].map(({ values, series }) => {
    const { counts, sum } = series as Histogram // the only kind of series in this family
    return { kind: values[0], counts: countsOf(counts), count: counts.reduce((all, each) => all + each), sum }
  })
}

/** Counts of buckets, by the place of each that is not 0. */
function countsOf(counts: Float64Array): Record<number, number> {
  return Object.fromEntries([...counts.entries()].filter(([, count]) => count > 0))
}

describe('live cluster: how long changes take', () => {
  it('buckets are those of CoreDNS', () => {
    expect(programmingBuckets).to.have.length(20)
    expect(programmingBuckets.slice(0, 4)).to.deep.equal([0.001, 0.002, 0.004, 0.008])
    expect(programmingBuckets[19]).to.equal(524.288)
  })

  const buckets = [
    { title: 'at once', ms: 0, bucket: 0 },
    { title: 'as long as the first bound', ms: 1, bucket: 0 },
    { title: 'as long as the second', ms: 2, bucket: 1 },
    { title: 'longer than the second', ms: 3, bucket: 2 },
    { title: 'seconds', ms: 3000, bucket: 12 },
    { title: 'as long as the last', ms: 524_288, bucket: 19 },
    { title: 'longer than all', ms: 524_289, bucket: 20 },
    { title: 'before it happened, by another clock', ms: -2000, bucket: 0 },
  ]
  for (const { title, ms, bucket } of buckets) {
    it(`bucket: ${title}`, () => {
      const observed = durations()
      observed.observe(ago(ms), ofWeb)
      const [{ kind, counts, sum } = { kind: '', counts: {}, sum: 0 }] = byKind(observed)
      expect({ kind, counts }).to.deep.equal({ kind: 'cluster_ip', counts: { [bucket]: 1 } })
      // Annotations are written to the millisecond.
      expect(sum).to.be.closeTo(ms / 1000, 0.001)
    })
  }

  it('adds up, by kind of Service', () => {
    const observed = durations()
    const ofDb = slice('shop', 'db-1', { serviceName: 'db' })
    for (const ms of [1000, 2000]) observed.observe(ago(ms), ofWeb)
    observed.observe(ago(500), ofDb)
    const figures = byKind(observed).map(({ kind, count, sum }) => ({ kind, count, sum }))
    expect(figures).to.deep.equal([
      { kind: 'cluster_ip', count: 2, sum: 3 },
      { kind: 'headless_with_selector', count: 1, sum: 0.5 },
    ])
  })

  const without: { title: string; raw: object; object: ClusterObject }[] = [
    { title: 'no annotation', raw: { metadata: { annotations: {} } }, object: ofWeb },
    { title: 'annotations null', raw: { metadata: { annotations: null } }, object: ofWeb },
    { title: 'no metadata', raw: {}, object: ofWeb },
    { title: 'no time', raw: changedAt('yesterday'), object: ofWeb },
    { title: 'no text', raw: changedAt(7), object: ofWeb },
    { title: 'no such Service', raw: ago(1), object: { ...ofWeb, serviceName: 'other' } },
    { title: 'a Service of another namespace', raw: ago(1), object: { ...ofWeb, namespace: 'other' } },
    { title: 'a slice of no Service', raw: ago(1), object: slice('shop', 'web-1') },
    { title: 'another kind of object', raw: ago(1), object: pod('shop', 'web', '10.0.0.1') },
  ]
  for (const { title, raw, object } of without) {
    it(`counts nothing: ${title}`, () => {
      const observed = durations()
      observed.observe({ ...raw }, object)
      expect(byKind(observed)).to.deep.equal([])
    })
  }
})
