/**
 * All that is counted, in the text format 0.0.4 of Prometheus. It is loaded only where a Corefile has `prometheus`, and is
 * the one file that imports prom-client.
 */
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { collectDefaultMetrics, type Metric, type MetricObject, Registry } from 'prom-client'
import type { Family, Histogram, LabelledSeries, Metrics, Series } from '../util/metrics.ts'
import type { HttpResponse, Respond } from './http-listener.ts'

/** CoreDNS's version that this server stands in for: dashboards show it, and choose by it. */
export const corednsVersion = '1.14.7'

/** Milliseconds between two looks at how late the event loop is: often enough to see what matters to a probe. */
const eventLoopPrecisionMs = 100

/**
 * Makes what answers `/metrics`: what is in `metrics`, what prom-client tells of the process, and what dashboards of
 * CoreDNS ask for beside it.
 *
 * @param version of this server
 */
export function exposeMetrics(metrics: Metrics, version: string): Respond {
  const ofProcess = new Registry()
  collectDefaultMetrics({ register: ofProcess, eventLoopMonitoringPrecision: eventLoopPrecisionMs })
  describeProcess(metrics, version)
  return async (headers) => respond(await textOf(metrics, ofProcess), headers['accept-encoding'])
}

/** Go's figures have no match here, but empty panels are worse than what comes nearest to them. */
function describeProcess(metrics: Metrics, version: string): void {
  const runtime = `nodejs-${process.version}`
  metrics
    .gauge({
      name: 'coredns_build_info',
      help: 'Always 1: the version of CoreDNS that this server stands in for, its own, and that of Node.js.',
      labels: ['version', 'revision', 'goversion'],
    })
    .of(corednsVersion, `cluster-dns-${version}`, runtime).value = 1
  metrics
    .gauge({ name: 'go_info', help: 'Always 1: the version of Node.js.', labels: ['version'] })
    .of(runtime).value = 1
  const underWay = metrics
    .gauge({ name: 'go_goroutines', help: 'What Node.js waits for: sockets, timers, requests.' })
    .of()
  metrics.beforeReading('go_goroutines', () => {
    underWay.value = process.getActiveResourcesInfo().length
  })
}

/** What there is no series of is left out, as in CoreDNS. */
async function textOf(metrics: Metrics, ofProcess: Registry): Promise<string> {
  const registry = new Registry()
  for (const family of metrics.families()) {
    // A registry asks of a metric nothing but its name and what `get` gives.
    if (family.series.size > 0) registry.registerMetric(asMetric(family) as unknown as Metric)
  }
  return Registry.merge([registry, ofProcess]).metrics()
}

function asMetric(family: Family): { readonly name: string; get(): Promise<MetricObject> } {
  const { name, help, kind } = family
  const values = [...family.series.values()].flatMap((each) => samplesOf(family, each))
  // The types have numbers for kinds; what is written is the word.
  return { name, get: async () => ({ name, help, type: kind, values, aggregator: 'sum' }) as unknown as MetricObject }
}

interface Sample {
  readonly metricName: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

function samplesOf(family: Family, { values, series }: LabelledSeries): readonly Sample[] {
  const labels = Object.fromEntries(family.labels.map((label, index) => [label, values[index] ?? '']))
  if (isHistogram(series)) return bucketsOf(family, labels, series)
  return [{ metricName: family.name, labels, value: series.value }]
}

function isHistogram(series: Series): series is Histogram {
  return 'counts' in series
}

/** Each bucket has all that those before it have. */
function bucketsOf({ name, bounds }: Family, labels: Sample['labels'], { counts, sum }: Histogram): readonly Sample[] {
  let count = 0
  const buckets = Array.from(counts, (each, index): Sample => {
    count += each
    const le = String(bounds[index] ?? '+Inf')
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ]
}

async function respond(text: string, acceptEncoding: string | string[] = ''): Promise<HttpResponse> {
  const headers = { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE, vary: 'accept-encoding' }
  if (!takesGzip(String(acceptEncoding))) return { status: 200, headers, body: text }
  return { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: await promisify(gzip)(text) }
}

/** RFC 9110 section 12.5.3. */
function takesGzip(acceptEncoding: string): boolean {
  return acceptEncoding
    .split(',')
    .map((each) =>
      each
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/),
    )
    .some(([coding, weight]) => (coding === 'gzip' || coding === '*') && !/^q=0(\.0*)?$/.test(weight ?? ''))
}
