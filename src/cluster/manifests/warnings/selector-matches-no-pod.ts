import { nearest } from '../../../util/nearest.ts'
import type { Labels } from '../../model.ts'
import type { ServiceDraft } from '../drafts.ts'
import type { Finding } from './finding.ts'
import type { Overview } from './overview.ts'
import { type PodShape, unmatched } from './pod-shape.ts'
import { labelOf, pairsOf, serviceNameIn } from './words.ts'

/** Services whose selector matches nothing in their namespace, and that have no endpoints of their own. */
export function selectorMatchesNoPod(overview: Overview): Finding[] {
  return overview.services.flatMap((service) => {
    const { selector, object, places, namespace, name } = service
    if (selector === undefined || object.type === 'ExternalName') return []
    if (overview.suppliesOf(service).length > 0 || overview.selectedBy(service).length > 0) return []
    const dnsName = serviceNameIn(overview.naming, service)
    const found = `Service ${namespace}/${name} selects ${pairsOf(selector)}, which no Pod and no Pod template of its namespace matches`
    const effect = object.headless ? `${dnsName} does not exist` : `${dnsName} is an address that nothing answers at`
    return [{ at: places.selector, found, effect, remedy: remedyFor(overview, service, selector) }]
  })
}

function remedyFor(overview: Overview, service: ServiceDraft, selector: Labels): string {
  for (const shape of overview.shapesOf(service.namespace)) {
    const [pair, ...more] = unmatched(shape, selector)
    if (pair === undefined || more.length > 0) continue
    const [key, value] = pair
    const otherKey = keyOfValue(shape.labels, value)
    if (otherKey !== undefined) return differs(shape, `${otherKey}=${value} and ${labelOf(shape.labels, key)}`)
    if (isMeant(shape, service, pair)) return differs(shape, labelOf(shape.labels, key))
  }
  return 'correct the selector, or add Pods that have these labels'
}

function differs({ title }: PodShape, instead: string): string {
  return `${title} differs in one label: it has ${instead}`
}

function keyOfValue(labels: Labels, value: string): string | undefined {
  return Object.keys(labels).find((key) => labels[key] === value)
}

/**
 * Whether a Service that differs in this pair alone is for these Pods.
 *
 * If that is the only pair there is, they may be any others: their label or their name has to look alike.
 */
function isMeant({ labels, name }: PodShape, service: ServiceDraft, [key, value]: [string, string]): boolean {
  if (Object.keys(service.selector ?? {}).length > 1 || name === service.name) return true
  const own = Object.hasOwn(labels, key) ? (labels[key] ?? '') : ''
  return own !== '' && (own.includes(value) || value.includes(own) || nearest(value, [own]) !== undefined)
}
