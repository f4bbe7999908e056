/**
 * cluster/live: a cluster from the Kubernetes API.
 *
 * resources.ts says what is watched. For each resource a Reflector (reflector.ts) lists (list.ts) and watches (watch.ts) through
 * one ApiClient (client.ts), which has its credentials from Access (access.ts: the only file that imports
 * @kubernetes/client-node). What comes is trimmed on arrival (trim.ts) and goes to the store. Start here.
 */
import { counted } from '../../util/counted.ts'
import { messageOf } from '../../util/errors.ts'
import type { Logger } from '../../util/log.ts'
import { Metrics } from '../../util/metrics.ts'
import { systemTimer, type Timer } from '../../util/timer.ts'
import type { Service } from '../model.ts'
import type { ClusterSink, ClusterSource, SourceStatus } from '../source.ts'
import { Access, type ApiLocation } from './access.ts'
import { ApiClient } from './client.ts'
import { defaultLimits, RequestGate, type RequestLimits } from './limits.ts'
import { RequestMetrics } from './metrics.ts'
import { ProgrammingDurations } from './programming-duration.ts'
import { Progress } from './progress.ts'
import { Reflector } from './reflector.ts'
import { type Needs, watchedResources } from './resources.ts'

export interface LiveSourceOptions {
  readonly location: ApiLocation
  readonly needs: Needs
  readonly limits?: Partial<RequestLimits>
  readonly logger: Logger
  /** `User-Agent` of each request. */
  readonly userAgent: string
  /** Where a slice's Service is looked up, to tell how fresh answers are. */
  readonly cluster: { service(namespace: string, name: string): Service | undefined }
  readonly timer?: Timer
  /** How requests and changes fared; if not given, that is counted for nobody. */
  readonly metrics?: Metrics
  readonly random?: () => number
}

/** A source that can say how it is doing. */
export interface LiveSource extends ClusterSource {
  status(): SourceStatus
}

/**
 * The cluster that an API server tells of, for as long as it is wanted.
 *
 * An API server that goes away later leaves what was last read. `start` never rejects: what fails is tried again.
 *
 * @throws ClusterAccessError there is no telling where the API server is
 */
export function liveSource(options: LiveSourceOptions): LiveSource {
  const { needs, logger: log, timer = systemTimer, random = Math.random, metrics = new Metrics() } = options
  const access = new Access(options.location)
  const progress = new Progress(watchedResources(needs), timer)
  const gate = new RequestGate({ ...defaultLimits, ...options.limits }, timer)
  const { userAgent } = options
  const client = new ApiClient({ access, gate, timer, userAgent, metrics: new RequestMetrics(metrics) })
  const durations = new ProgrammingDurations((...name) => options.cluster.service(...name), Date.now, metrics)

  const start = (sink: ClusterSink, signal: AbortSignal): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const began = timer.now()
    const onSynced = () => {
      if (!progress.isSynced) return
      sink.synced()
      const seconds = ((timer.now() - began) / 1000).toFixed(1)
      log.info(`kubernetes: synced with ${access.description} in ${seconds} s`)
      resolve()
    }
    sink.expectSync(() => progress.describe())
    const reflectors = progress.resources.map(
      (each) => new Reflector({ client, progress: each, sink, keep: needs, log, timer, random, durations, onSynced }),
    )
    Promise.all(reflectors.map((reflector) => reflector.run(signal)))
      .catch((error: unknown) => log.error(`kubernetes: ${messageOf(error)}`))
      .finally(() => {
        client.close()
        resolve()
      })
    return promise
  }
  return {
    name: `${counted(progress.resources.length, 'kind')} of ${access.description}`,
    start,
    status: () => progress.status(),
  }
}
