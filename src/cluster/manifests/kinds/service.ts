import { compact } from '../../../util/compact.ts'
import type { Labels, Service } from '../../model.ts'
import type { ServiceDraft, ServicePlaces } from '../drafts.ts'
import { booleanAt, child, choiceAt, type Field, isBlank, listAt, mapAt, mapsAt, refuse, syntaxAt } from '../field.ts'
import { readLabels, readMetadata } from '../metadata.ts'
import { dnsSubdomain, externalName, serviceName } from '../syntax.ts'
import { addressOf, usableAddressOf } from './parts.ts'
import { readServiceAddresses } from './service-addresses.ts'
import { readServicePorts } from './service-ports.ts'

const types = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] as const

/** Reads a core/v1 Service (ValidateService, as far as DNS reads its fields); what is wrong is reported. */
export function readService(root: Field): ServiceDraft | undefined {
  const metadata = readMetadata(root, serviceName)
  const spec = mapAt(root, 'spec')
  const type = choiceAt(spec, 'type', { words: types, fallback: 'ClusterIP' })
  const selector = readSelector(spec)
  const { headless, clusterIPs, clusterIPsAt, families } = readServiceAddresses(spec, type, selector)
  const ports = readServicePorts(spec, type, headless)
  const object = {
    labels: metadata?.labels ?? {},
    type: type ?? 'ClusterIP',
    clusterIPs,
    headless,
    externalName: type === 'ExternalName' ? readExternalName(spec) : undefined,
    ports: ports.map(({ name, protocol, port }) => compact({ name, protocol, port })),
    publishNotReadyAddresses: booleanAt(spec, 'publishNotReadyAddresses') ?? false,
    externalIPs: [...readExternalIPs(spec), ...readIngress(mapAt(root, 'status'))],
  } satisfies Omit<Service, 'kind' | 'namespace' | 'name' | 'externalName'> & { externalName: string | undefined }
  if (metadata === undefined) return undefined

  const { at, namespace, name } = metadata
  const places = readPlaces(spec)
  const whole = compact({ kind: 'Service' as const, namespace, name, ...object })
  return { kind: 'Service', at, namespace, name, object: whole, clusterIPsAt, families, selector, ports, places }
}

function readPlaces(spec: Field): ServicePlaces {
  return {
    selector: child(spec, 'selector').at,
    ports: child(spec, 'ports').at,
    publishNotReadyAddresses: child(spec, 'publishNotReadyAddresses').at,
    externalName: child(spec, 'externalName').at,
  }
}

function readSelector(spec: Field): Labels | undefined {
  const selector = readLabels(spec, 'selector')
  return Object.keys(selector).length === 0 ? undefined : selector
}

function readExternalName(spec: Field): string | undefined {
  const field = child(spec, 'externalName')
  if (isBlank(field)) refuse(field, `${externalName.expected}, for type ExternalName`)
  return syntaxAt(spec, 'externalName', externalName)
}

function readExternalIPs(spec: Field): string[] {
  return listAt(spec, 'externalIPs').flatMap((item) => usableAddressOf(item) ?? [])
}

/** Addresses or names that a load balancer gave (ValidateLoadBalancerStatus). */
function readIngress(status: Field): string[] {
  return mapsAt(mapAt(status, 'loadBalancer'), 'ingress').flatMap((ingress) => {
    const ip = child(ingress, 'ip')
    const hostname = syntaxAt(ingress, 'hostname', dnsSubdomain)
    return (isBlank(ip) ? hostname : addressOf(ip)) ?? []
  })
}
