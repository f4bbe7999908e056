import type { ServiceDraft } from '../drafts.ts'
import type { Finding } from './finding.ts'
import type { Overview } from './overview.ts'
import { hasHostnameUnder, hostnameUnder, type PodShape } from './pod-shape.ts'
import { serviceNameIn } from './words.ts'

/**
 * Top-level domains that a program in a Pod is likely to ask for. There are many more, but most of them (dev, app,
 * shop, …) are more often the name of a namespace than the end of a name that is meant for the world outside.
 */
const topLevelDomains: readonly string[] = ['com', 'net', 'org', 'edu', 'gov', 'mil', 'int', 'info', 'biz', 'io']

const endWithDot = 'or end the name with a dot to ask for that of the world outside'

/**
 * Services that answer a name which means something else.
 *
 * A Pod of namespace N asks `A.B` as `A.B.N.svc.ZONE` first (endpoint A of Service B of its own namespace), then as
 * `A.B.svc.ZONE` (Service A of namespace B), and only then as it stands.
 */
export function serviceShadowsSearchPath(overview: Overview): Finding[] {
  return overview.services.flatMap((service) => [
    ...domainByNamespace(overview, service),
    ...(service.object.type === 'ExternalName' ? byAlias(overview, service) : byEndpoints(overview, service)),
  ])
}

/** `A.com` outside, and Service A of a namespace `com`. */
function domainByNamespace({ naming }: Overview, service: ServiceDraft): Finding[] {
  const { namespace, name, at } = service
  if (!isDomain(namespace)) return []
  const found = `Service ${namespace}/${name} lies in a namespace that is called like a top-level domain`
  const effect = `every Pod of the cluster that asks for ${name}.${namespace} gets ${serviceNameIn(naming, service)}`
  return [{ at, found, effect, remedy: `give the namespace another name, ${endWithDot}` }]
}

/** `A.B` for Service A of namespace B, or outside, and a Pod called A under a Service B of the asker's namespace. */
function byEndpoints(overview: Overview, service: ServiceDraft): Finding[] {
  const { namespace, name, at } = service
  const named = overview.selectedBy(service).filter((shape) => hostnameUnder(shape, name) !== undefined)
  const captured = isDomain(name) ? outsideName(named, name) : insideName(overview, service, named)
  if (captured === undefined) return []
  const { hostname, like, meant, remedy } = captured
  const found = `Service ${namespace}/${name} is called like a ${like}, and has a Pod called ${hostname}`
  const effect = `a Pod of namespace ${namespace} that asks for ${hostname}.${name} gets that Pod instead of ${meant}`
  return [{ at, found, effect, remedy }]
}

/** A name that leads to a Pod, and what is meant by it. */
interface Captured {
  readonly hostname: string
  readonly like: string
  readonly meant: string
  readonly remedy: string
}

function outsideName([shape]: readonly PodShape[], name: string): Captured | undefined {
  const hostname = shape === undefined ? undefined : hostnameUnder(shape, name)
  if (hostname === undefined) return undefined
  const remedy = `give it another name, ${endWithDot}`
  return { hostname, like: 'top-level domain', meant: 'a host of the world outside', remedy }
}

function insideName(overview: Overview, { name }: ServiceDraft, named: readonly PodShape[]): Captured | undefined {
  if (named.length === 0) return undefined
  const meant = overview
    .servicesOf(name)
    .find((candidate) => named.some((shape) => hasHostnameUnder(shape, name, candidate.name)))
  if (meant === undefined) return undefined
  const remedy = `give it another name, or ask for ${serviceNameIn(overview.naming, meant)}`
  return { hostname: meant.name, like: 'namespace', meant: `Service ${name}/${meant.name}`, remedy }
}

/** CoreDNS answers nothing below an alias since 1.11.0 (issues 5733 and 6161); others, and older ones, do. */
function byAlias({ servicesOf, naming }: Overview, { namespace, name, at, object }: ServiceDraft): Finding[] {
  const target = object.externalName ?? ''
  // Of the alias itself, and of where it leads, nothing else is meant.
  const meant = servicesOf(name).find(
    (candidate) => candidate.object !== object && !target.startsWith(`${candidate.name}.${name}.`),
  )
  if (meant === undefined && !isDomain(name)) return []
  const like = isDomain(name) ? 'top-level domain' : 'namespace'
  const asked = meant === undefined ? `example.${name}` : `${meant.name}.${name}`
  const instead = meant === undefined ? endWithDot : `or ask for ${serviceNameIn(naming, meant)}`
  const found = `Service ${namespace}/${name} of type ExternalName is called like a ${like}`
  const effect = `with kube-dns, or a CoreDNS before 1.11, a Pod of namespace ${namespace} that asks for ${asked} is led to ${target}`
  return [{ at, found, effect, remedy: `give it another name, ${instead}` }]
}

function isDomain(label: string): boolean {
  return topLevelDomains.includes(label)
}
