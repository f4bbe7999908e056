import type { Needs } from '../../cluster/live/resources.ts'
import type { Selector } from '../../cluster/selector.ts'
import type { KubernetesConfig } from './config.ts'

/**
 * What a live cluster has to be asked for, so that all these directives can answer.
 *
 * A selector goes to the API server only where all of them have the same: each filters for itself, too. `namespaces` does
 * not go there, as in CoreDNS: this server's own Service, which zones are named after, may be in another one.
 */
export function clusterNeeds(configs: readonly KubernetesConfig[]): Needs {
  const labels = common(configs.map((config) => config.labels))
  const namespaceLabels = common(configs.map((config) => config.namespaceLabels))
  return {
    endpointSlices: configs.some(({ noEndpoints }) => !noEndpoints),
    // `autopath @kubernetes` finds clients by their Pods, and works with this mode only.
    pods: configs.some(({ pods }) => pods === 'verified'),
    serviceImports: configs.some(({ multiclusterZones }) => multiclusterZones.length > 0),
    labels: configs.some((config) => hasSelectors(config) || tellsClients(config)),
    ...(labels !== undefined && { selector: labels }),
    ...(namespaceLabels !== undefined && { namespaceSelector: namespaceLabels }),
  }
}

function hasSelectors({ labels, namespaceLabels }: KubernetesConfig): boolean {
  return labels !== undefined || namespaceLabels !== undefined
}

/** Whether labels of clients' Pods are told (metadata.ts). */
function tellsClients({ hasMetadata, pods }: KubernetesConfig): boolean {
  return hasMetadata === true && pods === 'verified'
}

function common(selectors: readonly (Selector | undefined)[]): Selector | undefined {
  const texts = new Set(selectors.map((selector) => JSON.stringify(selector)))
  return texts.size === 1 ? selectors[0] : undefined
}
