import type { Address, Pod } from '../../model.ts'
import { familyOf } from '../addresses.ts'
import type { ContainerPort, PodDraft } from '../drafts.ts'
import { child, choiceAt, type Field, isBlank, mapAt, mapsAt, refuse, stringAt, syntaxAt } from '../field.ts'
import { readMetadata } from '../metadata.ts'
import { dnsLabel, dnsSubdomain, portName } from '../syntax.ts'
import { addressOf, otherFamily, portAt, protocolAt, refuseRepeats } from './parts.ts'
import { hasReadinessProbe } from './pod-template.ts'

const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const

/**
 * Reads a core/v1 Pod (ValidatePod, as far as DNS reads its fields); what is wrong is reported.
 *
 * A Pod whose status says nothing of readiness is ready, unless it is Pending. One that has ended has no address, not
 * even the one in its status. What makes a Pod run (containers, images) may be left out.
 */
export function readPod(root: Field): PodDraft | undefined {
  const metadata = readMetadata(root, dnsSubdomain)
  const spec = mapAt(root, 'spec')
  const status = mapAt(root, 'status')
  const phase = choiceAt(status, 'phase', { words: phases, fallback: 'Running' })
  const ended = phase === 'Succeeded' || phase === 'Failed'
  const podIPs = readPodIPs(status)
  const draft = {
    runs: phase === 'Running' || phase === 'Unknown',
    ready: readReady(status) ?? phase !== 'Pending',
    hostname: syntaxAt(spec, 'hostname', dnsLabel),
    subdomain: syntaxAt(spec, 'subdomain', dnsLabel),
    subdomainAt: child(spec, 'subdomain').at,
    hasReadinessProbe: hasReadinessProbe(spec),
    nodeName: syntaxAt(spec, 'nodeName', dnsSubdomain),
    ports: readContainerPorts(spec),
  }
  if (metadata === undefined) return undefined
  const { at, namespace, name, labels, terminating } = metadata
  const object: Pod = { kind: 'Pod', namespace, name, labels, podIPs: ended ? [] : podIPs }
  return { kind: 'Pod', at, namespace, name, labels, terminating, object, ...draft }
}

/** status.podIPs, the first of which is status.podIP (validatePodIPs). */
function readPodIPs(status: Field): Address[] {
  const one = child(status, 'podIP')
  const first = isBlank(one) ? undefined : addressOf(one)
  const items = mapsAt(status, 'podIPs').flatMap((item) => {
    const field = child(item, 'ip')
    const address = addressOf(field)
    return address === undefined ? [] : [{ field, address }]
  })
  if (items.length === 0) return first === undefined ? [] : [first]

  const [head] = items
  if (first !== undefined && head !== undefined && head.address !== first)
    refuse(head.field, `${first}, which is the podIP`)
  refuseRepeats(items, ({ field, address }) => ({ key: `an ${familyOf(address)} address`, field }), otherFamily)
  return items.map(({ address }) => address)
}

function readReady(status: Field): boolean | undefined {
  const readings = mapsAt(status, 'conditions').flatMap((condition) => {
    const value = choiceAt(condition, 'status', { words: ['True', 'False', 'Unknown'] })
    return stringAt(condition, 'type') === 'Ready' && value !== undefined ? [value === 'True'] : []
  })
  return readings[0]
}

/** Containers first, then the init containers that keep running (endpointslice FindPort). */
function readContainerPorts(spec: Field): ContainerPort[] {
  const containers = mapsAt(spec, 'containers').flatMap(readPorts)
  const sidecars = mapsAt(spec, 'initContainers').flatMap((container) => {
    const ports = readPorts(container)
    return stringAt(container, 'restartPolicy') === 'Always' ? ports : []
  })
  return [...containers, ...sidecars]
}

function readPorts(container: Field): ContainerPort[] {
  const fields = mapsAt(container, 'ports')
  refuseRepeats(fields, (field) => {
    const name = child(field, 'name')
    return isBlank(name) ? undefined : { key: `the name '${stringAt(field, 'name')}'`, field: name }
  })
  return fields.flatMap((field) => {
    const name = syntaxAt(field, 'name', portName)
    const port = portAt(field, 'containerPort')
    const protocol = protocolAt(field)
    return port === undefined ? [] : [{ name, protocol, port }]
  })
}
