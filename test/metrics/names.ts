/**
 * metrics: what /metrics of a whole server has, over real sockets.
 *
 * The families of CoreDNS 1.14.7, and the series that its users' dashboards and alerts ask for. Start with
 * families.test.ts.
 */

/** A family as CoreDNS has it, labels in any order; buckets without `+Inf`. */
export interface ExpectedFamily {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  readonly buckets?: readonly number[]
}

const time = [
  0.00025, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096, 8.192,
]
const slimTime = [0.00025, 0.0025, 0.025, 0.25, 2.5]
const size = [0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16000, 32000, 48000, 64000]
const requests = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const programming = Array.from({ length: 20 }, (_, power) => Number((0.001 * 2 ** power).toFixed(3)))

export const families: Readonly<Record<string, ExpectedFamily>> = {
  coredns_build_info: { type: 'gauge', labels: ['version', 'revision', 'goversion'] },
  coredns_panics_total: { type: 'counter', labels: [] },
  coredns_plugin_enabled: { type: 'gauge', labels: ['server', 'zone', 'view', 'name'] },
  coredns_dns_requests_total: { type: 'counter', labels: ['server', 'zone', 'view', 'proto', 'family', 'type'] },
  coredns_dns_request_duration_seconds: { type: 'histogram', labels: ['server', 'zone', 'view'], buckets: time },
  coredns_dns_request_size_bytes: { type: 'histogram', labels: ['server', 'zone', 'view', 'proto'], buckets: size },
  coredns_dns_response_size_bytes: { type: 'histogram', labels: ['server', 'zone', 'view', 'proto'], buckets: size },
  coredns_dns_do_requests_total: { type: 'counter', labels: ['server', 'zone', 'view'] },
  coredns_dns_responses_total: { type: 'counter', labels: ['server', 'zone', 'view', 'rcode', 'plugin'] },
  coredns_health_request_duration_seconds: { type: 'histogram', labels: [], buckets: slimTime },
  coredns_health_request_failures_total: { type: 'counter', labels: [] },
  coredns_reload_failed_total: { type: 'counter', labels: [] },
  coredns_dns64_requests_translated_total: { type: 'counter', labels: ['server'] },
  coredns_autopath_success_total: { type: 'counter', labels: ['server'] },
  coredns_template_matches_total: { type: 'counter', labels: ['server', 'zone', 'view', 'class', 'type'] },
  coredns_kubernetes_dns_programming_duration_seconds: {
    type: 'histogram',
    labels: ['service_kind'],
    buckets: programming,
  },
  coredns_kubernetes_rest_client_request_duration_seconds: {
    type: 'histogram',
    labels: ['verb', 'host'],
    buckets: requests,
  },
  coredns_kubernetes_rest_client_rate_limiter_duration_seconds: {
    type: 'histogram',
    labels: ['verb', 'host'],
    buckets: requests,
  },
  coredns_kubernetes_rest_client_requests_total: { type: 'counter', labels: ['code', 'method', 'host'] },
}

/** A series that a dashboard or an alert asks for, with the labels that it picks or groups by. */
export interface AskedSeries {
  readonly by: string
  readonly name: string
  readonly labels?: readonly string[]
}

const board15762 = 'Grafana 15762'
/** The base of kube-prometheus-stack's own dashboard. */
const board12539 = 'Grafana 12539'
const mixin = 'coredns-mixin'
const openShift = 'OpenShift rules'

export const asked: readonly AskedSeries[] = [
  { by: board15762, name: 'process_cpu_seconds_total' },
  { by: board15762, name: 'process_resident_memory_bytes' },
  { by: board15762, name: 'coredns_build_info', labels: ['version'] },
  { by: board15762, name: 'coredns_dns_requests_total', labels: ['proto', 'type'] },
  { by: board15762, name: 'coredns_dns_request_size_bytes_sum', labels: ['proto'] },
  { by: board15762, name: 'coredns_dns_request_size_bytes_count', labels: ['proto'] },
  { by: board15762, name: 'coredns_dns_request_size_bytes_bucket', labels: ['proto', 'le'] },
  { by: board15762, name: 'coredns_dns_response_size_bytes_bucket', labels: ['proto', 'le'] },
  { by: board15762, name: 'coredns_dns_request_duration_seconds_bucket', labels: ['le'] },
  { by: board15762, name: 'coredns_dns_responses_total', labels: ['rcode'] },
  {
    by: board15762,
    name: 'coredns_proxy_request_duration_seconds_count',
    labels: ['proxy_name', 'rcode'],
  },
  { by: board15762, name: 'coredns_cache_hits_total', labels: ['type'] },
  { by: board15762, name: 'coredns_cache_misses_total' },
  { by: board15762, name: 'coredns_cache_entries', labels: ['type'] },
  { by: board12539, name: 'coredns_dns_requests_total', labels: ['server', 'proto', 'type', 'zone'] },
  { by: board12539, name: 'coredns_dns_do_requests_total' },
  { by: board12539, name: 'coredns_dns_request_size_bytes_bucket', labels: ['proto', 'le'] },
  { by: board12539, name: 'coredns_dns_response_size_bytes_bucket', labels: ['proto', 'le'] },
  { by: board12539, name: 'coredns_dns_responses_total', labels: ['rcode'] },
  { by: board12539, name: 'coredns_dns_request_duration_seconds_bucket', labels: ['le'] },
  { by: board12539, name: 'coredns_cache_entries', labels: ['type'] },
  { by: board12539, name: 'coredns_cache_hits_total', labels: ['type'] },
  { by: board12539, name: 'coredns_cache_misses_total' },
  { by: mixin, name: 'coredns_dns_request_duration_seconds_bucket', labels: ['server', 'zone', 'le'] },
  { by: mixin, name: 'coredns_dns_responses_total', labels: ['rcode'] },
  { by: mixin, name: 'coredns_kubernetes_dns_programming_duration_seconds_bucket', labels: ['service_kind', 'le'] },
  { by: mixin, name: 'coredns_plugin_enabled', labels: ['name'] },
  { by: mixin, name: 'coredns_build_info', labels: ['version'] },
  { by: mixin, name: 'process_resident_memory_bytes' },
  { by: mixin, name: 'process_cpu_seconds_total' },
  { by: mixin, name: 'go_goroutines' },
  { by: mixin, name: 'coredns_forward_healthcheck_broken_total' },
  { by: openShift, name: 'coredns_panics_total' },
  { by: openShift, name: 'coredns_health_request_duration_seconds_bucket', labels: ['le'] },
  { by: openShift, name: 'coredns_dns_responses_total', labels: ['rcode'] },
]
