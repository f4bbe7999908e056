import { nearest } from '../../../util/nearest.ts'
import { parseAddress } from '../addresses.ts'
import type { ServiceDraft } from '../drafts.ts'
import type { Finding } from './finding.ts'
import type { Overview } from './overview.ts'
import { serviceNameIn } from './words.ts'

/** ExternalNames that are addresses: a CNAME leads to a name. */
export function externalNameAddress(overview: Overview): Finding[] {
  return aliases(overview).flatMap(({ service, target }) => {
    const address = parseAddress(target)
    if (address === undefined) return []
    return [
      {
        at: service.places.externalName,
        found: `Service ${service.namespace}/${service.name} has the address ${address} as its externalName`,
        effect: `${serviceNameIn(overview.naming, service)} does not exist`,
        remedy: `make it headless, without a selector, and put ${address} into an EndpointSlice`,
      },
    ]
  })
}

/** ExternalNames that mean a Service of this cluster and do not lead to one. */
export function externalNameDangling(overview: Overview): Finding[] {
  return aliases(overview).flatMap(({ service, target }) => {
    const fault = faultOf(overview, target)
    if (fault === undefined) return []
    const found = `Service ${service.namespace}/${service.name} has externalName '${target}', ${fault.found}`
    const effect = `${serviceNameIn(overview.naming, service)} ${fault.effect}`
    return [{ at: service.places.externalName, found, effect, remedy: fault.remedy }]
  })
}

interface Alias {
  readonly service: ServiceDraft
  /** Without its last dot. */
  readonly target: string
}

function aliases({ services }: Overview): Alias[] {
  return services.flatMap((service) => {
    const { externalName } = service.object
    return externalName === undefined ? [] : [{ service, target: externalName.replace(/\.$/, '') }]
  })
}

type Fault = Omit<Finding, 'at'>

function faultOf(overview: Overview, target: string): Fault | undefined {
  const { zone } = overview.naming
  if (target === zone || target.endsWith(`.${zone}`)) return faultInZone(overview, target)
  if (zone === '') return undefined // The root: there is nothing to lack.
  const [name = '', namespace = '', ...more] = target.split('.')
  const isShort = more.length === 0 ? overview.service(namespace, name) !== undefined : target.endsWith('.svc')
  if (!isShort) return undefined
  return {
    found: 'which lacks the zone',
    effect: 'is an alias of a name that does not exist',
    remedy: `write '${target}${more.length === 0 ? '.svc' : ''}.${zone}'`,
  }
}

function faultInZone(overview: Overview, target: string): Fault | undefined {
  const { zone } = overview.naming
  const labels = target.split('.').slice(0, -zone.split('.').length)
  if (labels.at(-1) === 'pod' || labels.at(-1) === 'dns') return undefined
  const effect = 'has no addresses'
  const isServiceName = labels.at(-1) === 'svc' && labels.length > 2
  const [name = '', namespace = ''] = isServiceName ? labels.slice(-3, -1) : labels.slice(-2)
  if (!isServiceName) {
    const isThere = labels.length === 2 && overview.service(namespace, name) !== undefined
    const meant = `${isThere ? `${name}.${namespace}` : 'SERVICE.NAMESPACE'}.svc.${zone}`
    return { found: 'which is no name of a Service', effect, remedy: `write '${meant}'` }
  }
  // An API server makes kubernetes.default itself.
  const isThere = overview.service(namespace, name) !== undefined || (namespace === 'default' && name === 'kubernetes')
  if (isThere) return undefined
  return { found: `but there is no Service ${namespace}/${name}`, effect, remedy: remedyFor(overview, namespace, name) }
}

function remedyFor(overview: Overview, namespace: string, name: string): string {
  const meant = nearest(
    name,
    overview.servicesOf(namespace).map((service) => service.name),
  )
  if (meant !== undefined) return `did you mean '${meant}' in namespace '${namespace}'?`
  const elsewhere = overview.services.find((service) => service.name === name)
  return elsewhere === undefined
    ? 'add that Service, or lead the name elsewhere'
    : `did you mean '${name}' in namespace '${elsewhere.namespace}'?`
}
