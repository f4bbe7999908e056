import type { Monitor, ReadinessProbe, ReadyEndpoint } from '../plugin/endpoint.ts'

interface Watched {
  readonly probe: ReadinessProbe
  readonly monitor: Monitor
}

/** Which plugins are not ready, of all server blocks that have the directive `ready`. */
export class Readiness {
  #watched: readonly Watched[]

  constructor(endpoints: readonly ReadyEndpoint[]) {
    this.#watched = endpoints.flatMap(({ probes, monitor }) => probes.map((probe) => ({ probe, monitor })))
  }

  /** Their names, sorted, each once. A plugin is asked no more once it was ready, unless it is monitored continuously. */
  notReady(): readonly string[] {
    const waiting = this.#watched.filter(({ probe }) => !probe.isReady())
    this.#watched = this.#watched.filter((each) => each.monitor === 'continuously' || waiting.includes(each))
    return [...new Set(waiting.map(({ probe }) => probe.name))].sort()
  }
}
