import { compact } from '../../../util/compact.ts'
import { importNameLabel, serviceNameLabel, sourceClusterLabel } from '../../labels.ts'
import type { Endpoint, EndpointPort, EndpointSlice } from '../../model.ts'
import { type Family, families } from '../addresses.ts'
import type { SliceDraft } from '../drafts.ts'
import {
  booleanAt,
  child,
  choiceAt,
  type Field,
  integerAt,
  isBlank,
  listAt,
  mapAt,
  mapsAt,
  refuse,
  stringAt,
  syntaxAt,
} from '../field.ts'
import { readMetadata } from '../metadata.ts'
import { dnsLabel, dnsSubdomain, domainName } from '../syntax.ts'
import { portNumbers, protocolAt, refuseMissing, refuseRepeats, usableAddressOf } from './parts.ts'

type AddressType = EndpointSlice['addressType']

const addressTypes = [...families, 'FQDN'] as const
const maxEndpoints = 1000
const maxAddresses = 100

/** Reads a discovery.k8s.io/v1 EndpointSlice (ValidateEndpointSlice); what is wrong is reported. */
export function readSlice(root: Field): SliceDraft | undefined {
  const metadata = readMetadata(root, dnsSubdomain)
  const addressType = choiceAt(root, 'addressType', { words: addressTypes })
  refuseMissing(root, 'addressType', `one of ${addressTypes.join(', ')}`)
  const endpoints = readEndpoints(root, addressType)
  const ports = readPorts(root)
  if (metadata === undefined || addressType === undefined) return undefined

  const { at, namespace, name, labels } = metadata
  const serviceName = labels[serviceNameLabel]
  const object = compact({
    kind: 'EndpointSlice' as const,
    namespace,
    name,
    labels,
    serviceName,
    importName: labels[importNameLabel],
    clusterId: labels[sourceClusterLabel] || undefined,
    addressType,
    endpoints,
    ports,
  })
  return { kind: 'EndpointSlice', at, namespace, name, object }
}

function readEndpoints(root: Field, addressType: AddressType | undefined): Endpoint[] {
  const fields = mapsAt(root, 'endpoints')
  if (fields.length > maxEndpoints) {
    refuse(child(root, 'endpoints'), `at most ${maxEndpoints}`, `${fields.length} endpoints`)
    return []
  }
  return fields.map((field) => readEndpoint(field, addressType))
}

/** Conditions that are unset mean: ready, serving as it is ready, not terminating (discovery/v1 EndpointConditions). */
function readEndpoint(field: Field, addressType: AddressType | undefined): Endpoint {
  const conditions = mapAt(field, 'conditions')
  const ready = booleanAt(conditions, 'ready') ?? true
  return compact({
    addresses: readAddresses(field, addressType),
    ready,
    serving: booleanAt(conditions, 'serving') ?? ready,
    terminating: booleanAt(conditions, 'terminating') ?? false,
    hostname: syntaxAt(field, 'hostname', dnsLabel),
    nodeName: syntaxAt(field, 'nodeName', dnsSubdomain),
    zone: stringAt(field, 'zone'),
    targetName: stringAt(mapAt(field, 'targetRef'), 'name'),
  })
}

function readAddresses(endpoint: Field, addressType: AddressType | undefined): string[] {
  const fields = listAt(endpoint, 'addresses')
  const list = child(endpoint, 'addresses')
  if (fields.length === 0 && (list.value === undefined || list.value.kind === 'list')) {
    refuse(list, 'an address at least', 'no address')
  }
  if (fields.length > maxAddresses) refuse(list, `at most ${maxAddresses}`, `${fields.length} addresses`)
  return fields.flatMap((field) => readAddress(field, addressType) ?? [])
}

function readAddress(field: Field, addressType: AddressType | undefined): string | undefined {
  if (addressType !== 'FQDN') return usableAddressOf(field, familyOfType(addressType))
  if (field.value?.kind === 'string' && domainName.test(field.value.text)) return field.value.text
  refuse(field, domainName.expected)
  return undefined
}

function familyOfType(addressType: AddressType | undefined): Family | undefined {
  return families.find((family) => family === addressType)
}

/** Ports of a slice: names are all different, '' too (validatePorts). */
function readPorts(root: Field): EndpointPort[] {
  const fields = mapsAt(root, 'ports')
  refuseRepeats(fields, (field) => {
    const name = child(field, 'name')
    return { key: isBlank(name) ? 'no name' : `the name '${stringAt(field, 'name')}'`, field: name }
  })
  return fields.map((field) =>
    compact({
      name: syntaxAt(field, 'name', dnsLabel),
      protocol: protocolAt(field),
      port: integerAt(field, 'port', portNumbers),
    }),
  )
}
