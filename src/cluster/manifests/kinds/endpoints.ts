import { compact } from '../../../util/compact.ts'
import type { Endpoint, EndpointPort } from '../../model.ts'
import type { EndpointsDraft, SubsetDraft } from '../drafts.ts'
import { child, type Field, isBlank, mapAt, mapsAt, refuse, stringAt, syntaxAt } from '../field.ts'
import { readMetadata } from '../metadata.ts'
import { dnsLabel, dnsSubdomain } from '../syntax.ts'
import { portAt, protocolAt, usableAddressOf } from './parts.ts'

/** Reads a core/v1 Endpoints (ValidateEndpoints); what is wrong is reported. mirror.ts makes slices of it. */
export function readEndpoints(root: Field): EndpointsDraft | undefined {
  const metadata = readMetadata(root, dnsSubdomain)
  const subsets = mapsAt(root, 'subsets').map(readSubset)
  if (metadata === undefined) return undefined
  const { at, namespace, name, labels } = metadata
  return { kind: 'Endpoints', at, namespace, name, labels, subsets }
}

function readSubset(subset: Field): SubsetDraft {
  const ready = mapsAt(subset, 'addresses').map((field) => readAddress(field, true))
  const notReady = mapsAt(subset, 'notReadyAddresses').map((field) => readAddress(field, false))
  const isThere = ['addresses', 'notReadyAddresses'].some((name) => child(subset, name).value !== undefined)
  if (ready.length + notReady.length === 0) {
    refuse(subset, 'addresses or notReadyAddresses', isThere ? 'no address' : 'neither')
  }
  return { endpoints: [...ready, ...notReady].flat(), ports: readPorts(subset) }
}

/** An address as an endpoint; none where it is wrong. */
function readAddress(field: Field, ready: boolean): Endpoint[] {
  const address = usableAddressOf(child(field, 'ip'))
  const rest = {
    hostname: syntaxAt(field, 'hostname', dnsLabel),
    nodeName: syntaxAt(field, 'nodeName', dnsSubdomain),
    targetName: stringAt(mapAt(field, 'targetRef'), 'name'),
  }
  if (address === undefined) return []
  return [compact({ addresses: [address], ready, serving: ready, terminating: false, ...rest })]
}

function readPorts(subset: Field): EndpointPort[] {
  const fields = mapsAt(subset, 'ports')
  return fields.flatMap((field) => {
    const name = child(field, 'name')
    if (fields.length > 1 && isBlank(name)) refuse(name, 'a name, for there are several ports')
    const port = portAt(field, 'port')
    const named = { name: syntaxAt(field, 'name', dnsLabel), protocol: protocolAt(field) }
    return port === undefined ? [] : [compact({ ...named, port })]
  })
}
