import { labelsBelow, longestZone } from '../../dns/name.ts'
import type { Query } from '../../plugin/handler.ts'
import type { MetadataOf, Offers } from '../../plugin/offers.ts'
import { clientPod } from './pods.ts'
import { isSubtree, isZonalMode, withoutUnderscore } from './query-name.ts'
import type { View } from './view.ts'

/** What begins the label of a label of the client's Pod. */
const clientLabelFamily = 'kubernetes/client-label/'

/** What a name says by its form; empty: it does not say it. */
interface NameFacts {
  readonly kind: string
  readonly namespace: string
  readonly service: string
  readonly endpoint: string
  readonly protocol: string
  readonly 'port-name': string
  /** Topology zone. */
  readonly zone: string
}

const noFacts: NameFacts = {
  kind: '',
  namespace: '',
  service: '',
  endpoint: '',
  protocol: '',
  'port-name': '',
  zone: '',
}

/** Offers what CoreDNS's plugin says of a query, under the same labels (plugin/kubernetes/metadata.go). */
export function offerMetadata(view: View, { metadata }: Pick<Offers, 'metadata'>): void {
  const { zonal } = view.config
  const ofName = (fact: keyof NameFacts): MetadataOf => {
    return (query) => inZone(view, query, (labels) => factsOf(labels, zonal)?.[fact])
  }
  const names = Object.keys(noFacts) as (keyof NameFacts)[]
  for (const fact of names) if (fact !== 'zone' || zonal) metadata.set(`kubernetes/${fact}`, ofName(fact))
  metadata.set('kubernetes/parse-error', (query) =>
    inZone(view, query, (labels) => (factsOf(labels, zonal) === undefined ? 'invalid query name' : undefined)),
  )
  metadata.set('kubernetes/client-namespace', ({ client }) => clientPod(view, client.address)?.namespace)
  metadata.set('kubernetes/client-pod-name', ({ client }) => clientPod(view, client.address)?.name)
  metadata.set(clientLabelFamily, ({ client }, label) => {
    const { labels = {} } = clientPod(view, client.address) ?? {}
    const key = label.slice(clientLabelFamily.length)
    return Object.hasOwn(labels, key) ? labels[key] : undefined
  })
}

/** @param read takes the labels left of the zone */
function inZone(
  { config }: View,
  { qname }: Query,
  read: (labels: readonly string[]) => string | undefined,
): string | undefined {
  const zone = longestZone(qname, config.zones)
  return zone === undefined ? undefined : read(labelsBelow(qname, zone))
}

/**
 * What the labels left of the zone stand for, whatever there is of it; undefined: for nothing.
 *
 * As in CoreDNS's plugin the form of a multicluster zone is not known here, and a Pod's name may have what a Service's
 * may.
 */
function factsOf(labels: readonly string[], zonal: boolean): NameFacts | undefined {
  const [kind, namespace = '', service = '', first, second, ...more] = labels.toReversed()
  if (kind === undefined || (labels.length === 1 && isSubtree(kind))) return noFacts
  if (!isSubtree(kind)) return undefined
  const facts = { ...noFacts, kind, namespace, service }
  if (first === undefined) return facts
  if (second === undefined) return { ...facts, endpoint: first }
  if (more.length === 0) return { ...facts, protocol: withoutUnderscore(first), 'port-name': withoutUnderscore(second) }
  const isZonal = zonal && kind === 'svc' && first === '_zone' && isZonalMode(second)
  return isZonal ? { ...facts, zone: more.toReversed().join('.') } : undefined
}
