import { type Counter, type Family, type Histogram, type Metrics, observe } from '../../util/metrics.ts'

/** Upper bounds in seconds: those of Prometheus's clients. */
const defaultBuckets: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** All requests are GET: in client-go's metrics this is the verb. */
const verb = 'GET'

/** What is counted of requests to the API server, as client-go counts them for CoreDNS (plugin/kubernetes/metrics.go). */
export class RequestMetrics {
  readonly #durations: Family<Histogram>
  readonly #waits: Family<Histogram>
  readonly #requests: Family<Counter>

  constructor(metrics: Metrics) {
    this.#durations = metrics.histogram({
      name: 'coredns_kubernetes_rest_client_request_duration_seconds',
      help: 'Seconds from a request to the API server to the end of its response, but for watches.',
      labels: ['verb', 'host'],
      bounds: defaultBuckets,
    })
    this.#waits = metrics.histogram({
      name: 'coredns_kubernetes_rest_client_rate_limiter_duration_seconds',
      help: 'Seconds that a request to the API server waited for its turn.',
      labels: ['verb', 'host'],
      bounds: defaultBuckets,
    })
    this.#requests = metrics.counter({
      name: 'coredns_kubernetes_rest_client_requests_total',
      help: 'Requests to the API server, by the code of the response.',
      labels: ['code', 'method', 'host'],
    })
  }

  /** A request may go. */
  waited(host: string, ms: number): void {
    observe(this.#waits, this.#waits.of(verb, host), ms / 1000)
  }

  /** @param status undefined: there was no response */
  responded(host: string, status: number | undefined): void {
    this.#requests.of(status === undefined ? '<error>' : String(status), verb, host).value++
  }

  /** A response is in, or there will be none. */
  ended(host: string, ms: number): void {
    observe(this.#durations, this.#durations.of(verb, host), ms / 1000)
  }
}
