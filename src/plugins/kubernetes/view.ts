import type { Address, EndpointSlice, Labels, Pod, Service, ServiceImport } from '../../cluster/model.ts'
import { matches } from '../../cluster/selector.ts'
import type { ClusterStore } from '../../cluster/store.ts'
import type { KubernetesConfig } from './config.ts'

/** All that an answer is made from. Look-ups in the cluster go through the functions below, which filter. */
export interface View {
  readonly config: KubernetesConfig
  readonly cluster: ClusterStore
  /** The addresses that this server is reached at: what the zone's name server resolves to. */
  readonly localAddresses: readonly Address[]
}

/** Whether names of a namespace exist: it is there, and neither `namespaces` nor `namespace_labels` leaves it out. */
export function isExposed({ config, cluster }: View, namespace: string): boolean {
  const { namespaceLabels } = config
  const found = isListed(config, namespace) ? cluster.namespace(namespace) : undefined
  if (found === undefined) return false
  return namespaceLabels === undefined || matches(namespaceLabels, found.labels)
}

/** Whether `namespaces` lets a namespace through. */
export function isListed(config: KubernetesConfig, namespace: string): boolean {
  return config.namespaces === undefined || config.namespaces.has(namespace)
}

/** A Service as forward names see it: not one that `labels` leaves out, or that is ignored for being empty. */
export function serviceOf(view: View, namespace: string, name: string): Service | undefined {
  const service = view.cluster.service(namespace, name)
  return service !== undefined && isLabelled(view, service) && !isIgnored(view, service) ? service : undefined
}

/** Whether `ignore empty_service` hides a Service: nothing is ready behind its cluster IPs. */
export function isIgnored(view: View, { namespace, name, type, headless }: Service): boolean {
  if (!view.config.ignoreEmptyService || headless || type === 'ExternalName') return false
  return !slicesOf(view, namespace, name).some(({ endpoints }) => endpoints.some(({ ready }) => ready))
}

/** A slice goes by its own labels: a control plane copies those of its Service. */
export function slicesOf(view: View, namespace: string, service: string): readonly EndpointSlice[] {
  return view.config.noEndpoints ? [] : labelled(view, view.cluster.slicesOf(namespace, service))
}

/** The Services with this cluster IP, also those that are ignored for being empty. */
export function servicesAt(view: View, address: Address): readonly Service[] {
  return inFilteredNamespaces(view, labelled(view, view.cluster.servicesAt(address)))
}

export function slicesAt(view: View, address: Address): readonly EndpointSlice[] {
  return inFilteredNamespaces(view, ownSlicesAt(view, address))
}

/** The slices of this server itself, in any namespace, as in CoreDNS: a filter leaves out names, not the server. */
export function ownSlicesAt(view: View, address: Address): readonly EndpointSlice[] {
  return view.config.noEndpoints ? [] : labelled(view, view.cluster.slicesAt(address))
}

export function podsAt(view: View, address: Address): readonly Pod[] {
  return labelled(view, view.cluster.podsAt(address))
}

/** CoreDNS holds the labels of a ServiceImport against `namespace_labels`. */
export function importOf(view: View, namespace: string, name: string): ServiceImport | undefined {
  const found = view.cluster.serviceImport(namespace, name)
  return found !== undefined && isLabelled(view, found) ? found : undefined
}

/** Also with `noendpoints`, as in CoreDNS. */
export function slicesOfImport(view: View, namespace: string, name: string): readonly EndpointSlice[] {
  return labelled(view, view.cluster.slicesOfImport(namespace, name))
}

/**
 * The objects whose namespace the configuration lets through, for look-ups that do not begin at one.
 *
 * Without a filter for namespaces there need be no Namespace, as in CoreDNS, which knows `namespaces` only here.
 */
function inFilteredNamespaces<T extends { readonly namespace: string }>(
  view: View,
  objects: readonly T[],
): readonly T[] {
  const { namespaces, namespaceLabels } = view.config
  if (namespaces === undefined && namespaceLabels === undefined) return objects
  return objects.filter(({ namespace }) => isExposed(view, namespace))
}

interface Labelled {
  readonly labels: Labels
}

function labelled<T extends Labelled>(view: View, objects: readonly T[]): readonly T[] {
  return view.config.labels === undefined ? objects : objects.filter((object) => isLabelled(view, object))
}

function isLabelled({ config }: View, { labels }: Labelled): boolean {
  return config.labels === undefined || matches(config.labels, labels)
}
