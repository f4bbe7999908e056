import type { Selector } from '../../cluster/selector.ts'
import type { Name } from '../../dns/name.ts'
import type { Seconds } from '../../dns/record.ts'

/** What the directive `kubernetes` says, checked and with its defaults. */
export interface KubernetesConfig {
  /** Forward and reverse zones, as configured. */
  readonly zones: readonly Name[]
  /** The first that is no reverse zone: PTR records lead there. */
  readonly primaryZone: Name
  /** The plugin `metadata` is there: labels of clients' Pods may be asked for. */
  readonly hasMetadata?: true
  /** TTL of what we make, 0 to 3600; SOA and dns-version have their own. */
  readonly ttl: Seconds
  readonly pods: 'disabled' | 'insecure' | 'verified'
  /** An endpoint without a hostname is called after its Pod. */
  readonly endpointPodNames: boolean
  /** Names that do not exist in these zones are passed on. */
  readonly fallthrough: readonly Name[]
  /** The only namespaces that exist; undefined: all. */
  readonly namespaces: ReadonlySet<string> | undefined
  /** Only Namespaces with such labels exist; never beside `namespaces`. */
  readonly namespaceLabels?: Selector
  /** Only Services, EndpointSlices, Pods and ServiceImports with such labels exist. */
  readonly labels?: Selector
  /** There are no EndpointSlices. */
  readonly noEndpoints: boolean
  /** `TOPOLOGY-ZONE.pin._zone.SERVICE…` has a meaning; never with `noEndpoints`. */
  readonly zonal: boolean
  /** A Service with cluster IPs and without a ready endpoint does not exist, but for its PTR. */
  readonly ignoreEmptyService: boolean
  /** Those of `zones` that hold ServiceImports in place of Services. */
  readonly multiclusterZones: readonly Name[]
  /** How long a start waits for the cluster, before it serves what there is; 0: not at all. */
  readonly startupTimeoutMs: number
  readonly api: ApiConfig
}

/** How a live cluster is reached: nothing of this matters to manifests. What is absent is left to the client. */
export interface ApiConfig {
  readonly endpoint?: string
  readonly tls?: TlsFiles
  /** Before `endpoint` and `tls`. */
  readonly kubeconfig?: Kubeconfig
  /** Requests a second; 0 is as absent. */
  readonly qps?: number
  /** Requests at once, beyond `qps`; 0 is as absent. */
  readonly burst?: number
  /** Requests that wait for their response; 0 is as absent. */
  readonly maxInflight?: number
}

/** Names of files. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
  readonly ca: string
}

export interface Kubeconfig {
  readonly file: string
  /** Absent: the file's current one. */
  readonly context?: string
}

export const defaultTtl: Seconds = 5
export const maximumTtl: Seconds = 3600
export const defaultStartupTimeoutMs = 5000
