import type { ServiceDraft } from '../drafts.ts'
import { quote } from '../value.ts'
import type { Finding } from './finding.ts'
import type { Overview } from './overview.ts'
import { hostnameUnder, lastNumbered, type PodShape } from './pod-shape.ts'
import { serviceNameIn } from './words.ts'

/** Octets that a label and a whole name have room for (RFC 1035 section 2.3.4). */
const maxLabel = 63
const maxName = 255

/** Names that become too long only when DNS puts them together. */
export function labelTooLong(overview: Overview): Finding[] {
  return [
    ...overview.shapes.flatMap(numberedPod),
    ...overview.shapes.flatMap(templateHostname),
    ...podNames(overview),
    ...overview.services.flatMap((service) => portName(overview, service)),
    ...overview.services.flatMap((service) => wholeName(overview, service)),
  ]
}

function numberedPod({ workload, at, title }: PodShape): Finding[] {
  const last = workload === undefined ? undefined : lastNumbered(workload)
  if (workload === undefined || last === undefined || last.length <= maxLabel) return []
  const room = maxLabel - (last.length - workload.name.length)
  return [
    {
      at,
      found: `${title} calls its last Pod ${last}, which has ${last.length} octets`,
      effect: `a hostname has at most ${maxLabel}, so that Pod is refused and its name does not exist`,
      remedy: `give the ${workload.kind} a name of at most ${room}`,
    },
  ]
}

/** That of a Pod by itself is an error. */
function templateHostname({ workload, hostname, at, title }: PodShape): Finding[] {
  if (workload === undefined || workload.governor !== undefined) return []
  if (hostname === undefined || hostname.length <= maxLabel) return []
  return [
    {
      at,
      found: `${title} gives its Pods the hostname ${quote(hostname)}, which has ${hostname.length} octets`,
      effect: `a hostname has at most ${maxLabel}, so the Pods are refused and their names do not exist`,
      remedy: 'shorten the hostname',
    },
  ]
}

/** Generated names are never too long: only those of Pods that are written can be. */
function podNames(overview: Overview): Finding[] {
  if (!overview.naming.endpointPodNames) return []
  const tooLong = new Map<PodShape, ServiceDraft>()
  for (const service of overview.services.filter(({ object }) => object.headless)) {
    for (const shape of overview.selectedBy(service)) {
      if (shape.workload !== undefined || shape.name.length <= maxLabel) continue
      if (hostnameUnder(shape, service.name) === undefined) tooLong.set(shape, service)
    }
  }
  return [...tooLong].map(([{ at, title, name }, service]) => ({
    at,
    found: `the name of ${title} has ${name.length} octets`,
    effect: `a label has at most ${maxLabel}, so endpoint_pod_names leaves it out, and under ${serviceNameIn(overview.naming, service)} the Pod is called after its address`,
    remedy: 'shorten the name, or give the Pod a hostname and subdomain',
  }))
}

/** An underscore goes before it. */
function portName({ naming }: Overview, service: ServiceDraft): Finding[] {
  const { namespace, name, places } = service
  const port = service.ports.find((candidate) => (candidate.name ?? '').length >= maxLabel)
  if (port === undefined || service.object.type === 'ExternalName') return []
  return [
    {
      at: places.ports,
      found: `port ${quote(port.name ?? '')} of Service ${namespace}/${name} has a name of ${maxLabel} octets, _${port.name} has ${maxLabel + 1}`,
      effect: `a label has at most ${maxLabel}, so ${serviceNameIn(naming, service)} has no SRV name for that port`,
      remedy: 'shorten the name of the port',
    },
  ]
}

function wholeName(overview: Overview, service: ServiceDraft): Finding[] {
  const { namespace, name, ports, object, at } = service
  const hostnames = overview.selectedBy(service).flatMap((shape) => hostnameUnder(shape, name) ?? [])
  const portNames = ports.flatMap((port) => (port.name === undefined ? [] : [`_${port.name}._${port.protocol}`]))
  const below = object.type === 'ExternalName' ? [] : [...hostnames, ...portNames]
  const longest = Math.max(0, ...below.map((labels) => labels.length + 1))
  // Each label has an octet for its length, and the root has one, too.
  const octets = serviceNameIn(overview.naming, service).length + 2 + longest
  if (octets <= maxName) return []
  return [
    {
      at,
      found: `a name of Service ${namespace}/${name} has ${octets} octets in zone ${quote(overview.naming.zone)}`,
      effect: `a name has at most ${maxName}, so that one does not exist`,
      remedy: 'shorten the zone, or the names of the Service, its ports or its Pods',
    },
  ]
}
