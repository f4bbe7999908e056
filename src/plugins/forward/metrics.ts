import { rcodeOf } from '../../dns/iana.ts'
import type { UpstreamProtocol } from '../../plugin/upstream.ts'
import { type Counter, type Histogram, type Metrics, observe } from '../../util/metrics.ts'

/** What CoreDNS's plugin counts, under its names; `to` is the upstream's address and port. */
export class ForwardMetrics {
  readonly healthcheckBroken: Counter
  readonly maxConcurrentRejects: Counter
  readonly #metrics: Metrics

  constructor(metrics: Metrics) {
    this.#metrics = metrics
    this.healthcheckBroken = metrics
      .counter({
        name: 'coredns_forward_healthcheck_broken_total',
        help: 'Counter of the number of complete failures of the healthchecks.',
      })
      .of()
    this.maxConcurrentRejects = metrics
      .counter({
        name: 'coredns_forward_max_concurrent_rejects_total',
        help: 'Counter of the number of queries rejected because the concurrent queries were at maximum.',
      })
      .of()
  }

  /** @param to as it is to stand in the label */
  ofUpstream(to: string): UpstreamMetrics {
    return new UpstreamMetrics(this.#metrics, to)
  }
}

const proxyName = 'forward'

/** Of one upstream. A series begins when there is something to count. */
export class UpstreamMetrics {
  readonly #to: string
  readonly #duration
  readonly #healthcheckFailures
  readonly #hits
  readonly #misses
  readonly #durationOf = new Map<number, Histogram>()
  readonly #socketsOf = new Map<string, Counter>()

  constructor(metrics: Metrics, to: string) {
    this.#to = to
    this.#duration = metrics.histogram({
      name: 'coredns_proxy_request_duration_seconds',
      help: 'Histogram of the time each request took.',
      labels: ['proxy_name', 'to', 'rcode'],
      bounds: timeBuckets,
    })
    this.#healthcheckFailures = metrics.counter({
      name: 'coredns_proxy_healthcheck_failures_total',
      help: 'Counter of the number of failed healthchecks.',
      labels: ['proxy_name', 'to'],
    })
    const labels = ['proxy_name', 'to', 'proto']
    this.#hits = metrics.counter({
      name: 'coredns_proxy_conn_cache_hits_total',
      help: 'Counter of connection cache hits per upstream and protocol.',
      labels,
    })
    this.#misses = metrics.counter({
      name: 'coredns_proxy_conn_cache_misses_total',
      help: 'Counter of connection cache misses per upstream and protocol.',
      labels,
    })
  }

  answered(rcode: number, seconds: number): void {
    const known = this.#durationOf.get(rcode)
    const histogram = known ?? this.#duration.of(proxyName, this.#to, rcodeLabel(rcode))
    if (known === undefined) this.#durationOf.set(rcode, histogram)
    observe(this.#duration, histogram, seconds)
  }

  healthcheckFailed(): void {
    this.#healthcheckFailures.of(proxyName, this.#to).value++
  }

  socket(protocol: UpstreamProtocol, isKept: boolean): void {
    const key = `${protocol} ${isKept}`
    const known = this.#socketsOf.get(key)
    const counter = known ?? (isKept ? this.#hits : this.#misses).of(proxyName, this.#to, protocol)
    if (known === undefined) this.#socketsOf.set(key, counter)
    counter.value++
  }
}

/** Seconds: from 0.25 ms, each twice the one before. */
const timeBuckets = Array.from({ length: 16 }, (_, power) => 0.00025 * 2 ** power)

/** As CoreDNS has them: 16 under its other name, and what is not assigned as a number. */
function rcodeLabel(rcode: number): string {
  const name = rcodeOf(rcode)
  return name === 'BADVERS' ? 'BADSIG' : (name ?? String(rcode))
}
