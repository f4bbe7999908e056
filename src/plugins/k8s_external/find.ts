import { type Label, labelsBelow, type Name } from '../../dns/name.ts'
import { addressOfReverseName, isReverseName, spellsBelow } from '../../dns/reverse.ts'
import type { ExternalBackend, ExternalQuery, ExternalSource } from '../../plugin/external.ts'
import type { Step } from '../../plugin/reason.ts'
import type { ExternalConfig } from './config.ts'
import * as reasons from './reasons.ts'

/** What stands at a name, whatever type is asked for. */
export type Node =
  /** `final`: not even `fallthrough` passes it on. */
  | { readonly kind: 'missing'; readonly final?: true }
  /** A name without records of its own. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'apex'; readonly addresses: readonly string[] }
  | { readonly kind: 'nameserver'; readonly addresses: readonly string[] }
  | { readonly kind: 'service'; readonly service: ServiceId; readonly backends: readonly ExternalBackend[] }
  | { readonly kind: 'pointers'; readonly services: readonly ServiceId[] }

export interface ServiceId {
  readonly namespace: string
  readonly name: string
}

/** A node, all that it was found by, and why it is that. */
export interface Finding {
  readonly node: Node
  readonly tags: readonly string[]
  readonly step: Step
}

const missing: Node = { kind: 'missing' }
const empty: Node = { kind: 'empty' }

/** @param zone the zone of the plugin that `name` lies in */
export function find(config: ExternalConfig, source: ExternalSource, asked: { zone: Name; name: Name }): Finding {
  const { zone, name } = asked
  const labels = labelsBelow(name, zone)
  if (labels.length === 0) {
    const { addresses, tags } = source.nameservers(config.headless)
    return { node: { kind: 'apex', addresses }, tags, step: reasons.apex({ zone }) }
  }
  if (labels.at(-1) === config.apex) return findBelowApex(config, source, labels)
  return isReverseName(name) ? findReverse(source, name) : findForward(config, source, labels)
}

/** `ns1.APEX.ZONE`, and what stands above it; CoreDNS passes none of these names on. */
function findBelowApex({ headless }: ExternalConfig, source: ExternalSource, labels: readonly Label[]): Finding {
  if (labels.length === 1) return { node: empty, tags: [], step: reasons.emptyNonTerminal({}) }
  if (labels.length > 2 || labels[0] !== 'ns1') {
    return { node: { kind: 'missing', final: true }, tags: [], step: reasons.noSuchForm({ labels }) }
  }
  const { addresses, tags } = source.nameservers(headless)
  return { node: { kind: 'nameserver', addresses }, tags, step: reasons.nameserver({ addresses: addresses.length }) }
}

function findForward({ headless }: ExternalConfig, source: ExternalSource, labels: readonly Label[]): Finding {
  const [namespace = '', name, ...below] = labels.toReversed()
  if (name === undefined) return toFinding({ namespace, name: '' }, source.namespace(namespace))
  const asked = readQuery({ namespace, service: name, headless }, below)
  if (asked === undefined) return { node: missing, tags: [], step: reasons.noSuchForm({ labels }) }
  return toFinding({ namespace, name }, source.service(asked))
}

/** @param below the labels left of the Service's, rightmost first */
function readQuery(service: ExternalQuery, below: readonly Label[]): ExternalQuery | undefined {
  const [first, second, ...more] = below
  if (first === undefined) return service
  if (second === undefined) return { ...service, endpoint: first }
  if (more.length > 0) return undefined
  return { ...service, port: { port: withoutUnderscore(second), protocol: withoutUnderscore(first) } }
}

/** As in the cluster's own zones, a port or protocol may lack its underscore. */
function withoutUnderscore(label: Label): string {
  return label.startsWith('_') ? label.slice(1) : label
}

function toFinding(service: ServiceId, { backends, tags, step }: ReturnType<ExternalSource['service']>): Finding {
  if (backends === undefined) return { node: missing, tags, step }
  return { node: backends.length === 0 ? empty : { kind: 'service', service, backends }, tags, step }
}

function findReverse(source: ExternalSource, name: Name): Finding {
  const address = addressOfReverseName(name)
  if (address !== undefined) {
    const { services, tags, step } = source.servicesAt(address)
    return { node: services.length === 0 ? missing : { kind: 'pointers', services }, tags, step }
  }
  // A name that spells only the end of an address exists where a whole one below it does (RFC 8020).
  const isBelow = spellsBelow(name)
  if (isBelow === undefined) return { node: missing, tags: [], step: reasons.reverseNoAddress({}) }
  const { found, tags } = source.hasAddress(isBelow)
  return found
    ? { node: empty, tags, step: reasons.emptyNonTerminal({}) }
    : { node: missing, tags, step: reasons.reverseNoAddress({}) }
}
