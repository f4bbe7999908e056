import { compact } from '../../../util/compact.ts'
import type { Service } from '../../model.ts'
import type { ServicePortDraft } from '../drafts.ts'
import { child, type Field, integerAt, isBlank, mapsAt, refuse, syntaxAt } from '../field.ts'
import { dnsLabel, portName } from '../syntax.ts'
import { portAt, portNumbers, protocolAt, refuseRepeats } from './parts.ts'

/** What `--service-node-port-range` of an API server is by default. */
const nodePorts = { min: 30000, max: 32767 } as const

/**
 * Reads spec.ports (validateServicePort); a port without a usable number is reported and left out.
 *
 * @param type undefined where it is a wrong one: rules of a type are not applied then
 */
export function readServicePorts(
  spec: Field,
  type: Service['type'] | undefined,
  headless: boolean,
): ServicePortDraft[] {
  const fields = mapsAt(spec, 'ports')
  if (!headless && type !== 'ExternalName' && type !== undefined) requirePort(spec, type)
  if (fields.length > 1) refuseUnnamed(fields)
  const ports = fields.map((field) => ({ field, port: readPort(field, type) }))
  const numbered = ports.flatMap(({ field, port }) => (port === undefined ? [] : [{ field, port }]))

  refuseRepeats(numbered, ({ field, port: { name } }) =>
    name === undefined ? undefined : { key: `the name '${name}'`, field: child(field, 'name') },
  )
  refuseRepeats(numbered, ({ field, port: { port, protocol } }) => ({
    key: `${port}/${protocol}`,
    field: child(field, 'port'),
  }))
  return numbered.map(({ port }) => port)
}

function requirePort(spec: Field, type: Service['type']): void {
  const ports = child(spec, 'ports')
  const isEmpty = ports.value === undefined || (ports.value.kind === 'list' && ports.value.items.length === 0)
  if (isEmpty) refuse(ports, `a port at least, for type ${type}`, 'no port')
}

function refuseUnnamed(fields: readonly Field[]): void {
  for (const name of fields.map((field) => child(field, 'name'))) {
    if (isBlank(name)) refuse(name, 'a name, for there are several ports')
  }
}

function readPort(field: Field, type: Service['type'] | undefined): ServicePortDraft | undefined {
  const name = syntaxAt(field, 'name', dnsLabel)
  const protocol = protocolAt(field)
  const port = portAt(field, 'port')
  const targetPort = readTargetPort(field)
  const nodePort = readNodePort(field, type)
  if (port === undefined) return undefined
  return compact({ name, protocol, port, targetPort: targetPort ?? port, nodePort, at: child(field, 'nodePort').at })
}

/** Undefined where it is left to its default: 0 and '' count as that (SetDefaults_Service). */
function readTargetPort(port: Field): number | string | undefined {
  const field = child(port, 'targetPort')
  if (field.value?.kind === 'string') return syntaxAt(port, 'targetPort', portName)
  if (field.value?.kind === 'number') {
    return field.value.number === 0 ? undefined : integerAt(port, 'targetPort', portNumbers)
  }
  if (field.value !== undefined) refuse(field, 'a port number or the name of a container port')
  return undefined
}

/** A Service that has no node ports is refused one; 0 counts as none. */
function readNodePort(port: Field, type: Service['type'] | undefined): number | undefined {
  const field = child(port, 'nodePort')
  if (field.value === undefined || (field.value.kind === 'number' && field.value.number === 0)) return undefined
  if (type !== 'ClusterIP') return integerAt(port, 'nodePort', nodePorts)
  refuse(field, 'nothing: a Service of type ClusterIP has no node ports')
  return undefined
}
