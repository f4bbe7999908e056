import type { Counter, Family, Histogram, Metrics } from '../../util/metrics.ts'

/** Upper bounds in seconds: 0.25 ms, ten times as much, … */
const slimTimeBuckets: readonly number[] = [0.00025, 0.0025, 0.025, 0.25, 2.5]

export interface HealthMetrics {
  readonly durations: Family<Histogram>
  readonly failures: Counter
}

/** What the self-check counts: the metrics of CoreDNS's plugin health, which are there from the start. */
export function healthMetrics(metrics: Metrics): HealthMetrics {
  const durations = metrics.histogram({
    name: 'coredns_health_request_duration_seconds',
    help: 'Seconds that our own requests for /health took.',
    bounds: slimTimeBuckets,
  })
  durations.of()
  const failures = metrics.counter({
    name: 'coredns_health_request_failures_total',
    help: 'How many of our own requests for /health failed.',
  })
  return { durations, failures: failures.of() }
}
