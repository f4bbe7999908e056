/**
 * What a plugin has the process tell of itself over HTTP: only where and what. `admin` opens the sockets and answers.
 */
import type { HostPort } from '../corefile/host-port.ts'

export type Endpoint = HealthEndpoint | ReadyEndpoint | MetricsEndpoint

/** `/health`: the process runs. */
export interface HealthEndpoint {
  readonly kind: 'health'
  readonly address: HostPort
  /** How long everything goes on once the process is asked to end; 0: not at all. */
  readonly lameduckMs: number
}

/** `/ready`: the plugins of one server block can answer. */
export interface ReadyEndpoint {
  readonly kind: 'ready'
  readonly address: HostPort
  readonly monitor: Monitor
  /** It is complete once all plugins of the block are set up. */
  readonly probes: readonly ReadinessProbe[]
}

/** `/metrics`: all that is counted. It is not worth a server that does not start: where it cannot be told, that is logged. */
export interface MetricsEndpoint {
  readonly kind: 'metrics'
  readonly address: HostPort
  /** The file that says how it is told over HTTPS, as Prometheus's exporters have it; absent: over HTTP. */
  readonly webConfig?: string
}

/** Whether a plugin that was ready once is asked again. */
export const monitors = ['until-ready', 'continuously'] as const
export type Monitor = (typeof monitors)[number]

/** A plugin that cannot always answer. */
export interface ReadinessProbe {
  /** That of the plugin. */
  readonly name: string
  isReady(): boolean
}
