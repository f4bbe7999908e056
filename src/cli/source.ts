import type { ApiLocation } from '../cluster/live/access.ts'
import type { RequestLimits } from '../cluster/live/limits.ts'
import { manifestSource } from '../cluster/manifests/source.ts'
import type { ClusterSource } from '../cluster/source.ts'
import type { ClusterStore } from '../cluster/store.ts'
import type { ApiConfig, KubernetesConfig } from '../plugins/kubernetes/config.ts'
import { clusterNeeds } from '../plugins/kubernetes/needs.ts'
import { compact } from '../util/compact.ts'
import { ServerError } from '../util/errors.ts'
import type { Logger } from '../util/log.ts'
import type { Metrics } from '../util/metrics.ts'
import { loadOptions } from './cluster.ts'
import { keepHeapSmall } from './heap.ts'
import type { LiveOptions, ManifestOptions } from './options.ts'
import { version } from './version.ts'

/** Where the cluster comes from, and how long a start waits for it. */
export interface Feed {
  readonly source: ClusterSource
  /** Infinity: until it is there. */
  readonly patienceMs: number
}

export interface FeedContext {
  readonly configs: readonly KubernetesConfig[]
  readonly cluster: ClusterStore
  readonly log: Logger
  readonly metrics: Metrics
}

/**
 * The source that the command line and the Corefile ask for; undefined where nothing is served of any cluster.
 *
 * What a live cluster takes is loaded only here, and only for one.
 *
 * @throws ClusterAccessError; ServerError `CLUSTER_ACCESS` where directives name different API servers
 */
export async function chooseFeed(
  options: ManifestOptions & LiveOptions,
  { configs, cluster, log, metrics }: FeedContext,
): Promise<Feed | undefined> {
  if (options.file.length > 0) {
    for (const { api } of configs) tellIdle(api, log)
    const source = manifestSource(options.file, { ...loadOptions(options), logger: log })
    return { source, patienceMs: Number.POSITIVE_INFINITY }
  }
  if (configs.length === 0) return undefined
  const { liveSource } = await import('../cluster/live/source.ts')
  keepHeapSmall()
  const source = liveSource({
    location: locationOf(options, configs),
    needs: clusterNeeds(configs),
    limits: limitsOf(configs),
    logger: log,
    userAgent: `cluster-dns/${version()} (${process.platform}/${process.arch})`,
    cluster,
    metrics,
  })
  return { source, patienceMs: Math.max(...configs.map(({ startupTimeoutMs }) => startupTimeoutMs)) }
}

/**
 * What tells sources apart: with equal ones, what was read by one is what the other would read.
 *
 * @throws ServerError `CLUSTER_ACCESS` where directives name different API servers
 */
export function feedKey(options: ManifestOptions & LiveOptions, configs: readonly KubernetesConfig[]): string {
  if (options.file.length > 0) return 'manifests'
  if (configs.length === 0) return 'none'
  const location = locationOf(options, configs)
  return JSON.stringify({ location, needs: clusterNeeds(configs), limits: limitsOf(configs) })
}

/** Who writes one of these expects to be connected to a cluster. */
function tellIdle({ endpoint, tls, kubeconfig }: ApiConfig, log: Logger): void {
  const idle = Object.entries({ endpoint, tls, kubeconfig }).filter(([, value]) => value !== undefined)
  if (idle.length === 0) return
  const names = idle.map(([name]) => name).join(', ')
  log.warning(`plugin/kubernetes: without effect, as the cluster is read from manifests: ${names}`)
}

function locationOf({ kubeconfig, context }: LiveOptions, configs: readonly KubernetesConfig[]): ApiLocation {
  if (kubeconfig !== undefined) return kubeconfigLocation(kubeconfig, context)
  const locations = configs.map(({ api }) => configuredLocation(api))
  const [first, ...others] = new Set(locations.map((location) => JSON.stringify(location)))
  const [location] = locations
  if (first === undefined || location === undefined || others.length > 0) {
    throw new ServerError(
      'CLUSTER_ACCESS',
      'found directives `kubernetes` with different API servers, expected one: a server answers from one cluster',
    )
  }
  return location
}

function configuredLocation({ kubeconfig, endpoint, tls }: ApiConfig): ApiLocation {
  if (kubeconfig !== undefined) return kubeconfigLocation(kubeconfig.file, kubeconfig.context)
  if (endpoint === undefined) return { kind: 'in-cluster' }
  return { kind: 'endpoint', url: endpoint, ...(tls !== undefined && { tls }) }
}

function kubeconfigLocation(file: string, context: string | undefined): ApiLocation {
  return { kind: 'kubeconfig', file, ...(context !== undefined && { context }) }
}

/** The tightest of what is asked for; 0 is as if it were not there. */
export function limitsOf(configs: readonly KubernetesConfig[]): Partial<RequestLimits> {
  const tightest = (read: (api: ApiConfig) => number | undefined): number | undefined => {
    const given = configs.map(({ api }) => read(api) ?? 0).filter((value) => value > 0)
    return given.length === 0 ? undefined : Math.min(...given)
  }
  return compact({
    qps: tightest((api) => api.qps),
    burst: tightest((api) => api.burst),
    maxInflight: tightest((api) => api.maxInflight),
  })
}
