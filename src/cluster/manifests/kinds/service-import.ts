import { compact } from '../../../util/compact.ts'
import type { Address, ServiceImport, ServicePort } from '../../model.ts'
import type { ServiceImportDraft } from '../drafts.ts'
import { child, choiceAt, type Field, listAt, mapAt, mapsAt, refuse, syntaxAt } from '../field.ts'
import { readMetadata } from '../metadata.ts'
import { dnsLabel, dnsSubdomain } from '../syntax.ts'
import { addressOf, portAt, protocolAt, refuseMissing } from './parts.ts'

const types = ['ClusterSetIP', 'Headless'] as const
const maxIps = 2

/**
 * Reads a multicluster.x-k8s.io/v1alpha1 ServiceImport; what is wrong is reported.
 *
 * Its schema (the CRD of sigs.k8s.io/mcs-api) takes any text for an address, a protocol or a port's name. Here these
 * are what its comments say, since nothing else could be answered; that names of ports differ is left open, as there.
 */
export function readServiceImport(root: Field): ServiceImportDraft | undefined {
  const metadata = readMetadata(root, dnsSubdomain)
  const spec = mapAt(root, 'spec')
  const type = choiceAt(spec, 'type', { words: types })
  refuseMissing(spec, 'type', `one of ${types.join(', ')}`)
  const ips = readIps(spec)
  const ports = readPorts(spec)
  if (metadata === undefined || type === undefined) return undefined

  const { at, namespace, name, labels } = metadata
  const headless = type === 'Headless'
  const object: ServiceImport = { kind: 'ServiceImport', namespace, name, labels, headless, ips, ports }
  return { kind: 'ServiceImport', at, namespace, name, object }
}

function readIps(spec: Field): Address[] {
  const fields = listAt(spec, 'ips')
  if (fields.length > maxIps) refuse(child(spec, 'ips'), `at most ${maxIps}`, `${fields.length} addresses`)
  return fields.flatMap((field) => addressOf(field) ?? [])
}

/** The list has to be there, but may be empty: then the import has no name. */
function readPorts(spec: Field): ServicePort[] {
  refuseMissing(spec, 'ports', 'a list of ports')
  return mapsAt(spec, 'ports').flatMap((field) => {
    const named = { name: syntaxAt(field, 'name', dnsLabel), protocol: protocolAt(field) }
    const port = portAt(field, 'port')
    return port === undefined ? [] : [compact({ ...named, port })]
  })
}
