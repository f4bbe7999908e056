import type { Address } from '../../cluster/model.ts'
import type { ClusterStore } from '../../cluster/store.ts'
import type { KubernetesConfig } from './config.ts'

/** All that an answer is made from. */
export interface View {
  readonly config: KubernetesConfig
  readonly cluster: ClusterStore
  /** The addresses that this server is reached at: what the zone's name server resolves to. */
  readonly localAddresses: readonly Address[]
}

/** Whether names of a namespace exist: it is there, and `namespaces` does not leave it out. */
export function isExposed({ config, cluster }: View, namespace: string): boolean {
  return isListed(config, namespace) && cluster.namespace(namespace) !== undefined
}

/** Whether `namespaces` lets a namespace through. */
export function isListed(config: KubernetesConfig, namespace: string): boolean {
  return config.namespaces === undefined || config.namespaces.has(namespace)
}
