import { isIP } from 'node:net'
import { maximumMessageOctets, minimumPayloadSize } from '../../dns/edns.ts'
import { distinctClassName, typeName } from '../../dns/iana.ts'
import { labelsOf } from '../../dns/name.ts'
import { headerOctets } from '../../dns/wire/header.ts'
import { octetsOfOpt } from '../../dns/wire/opt.ts'
import { canonicalAddress } from '../../util/address.ts'
import { networkContains, networkOf } from '../../util/network.ts'
import { requestOf } from '../handler.ts'
import { type Environment, ExpressionError } from './expression.ts'
import type { Reading } from './reading.ts'
import type { FunctionType, Types } from './types.ts'
import type { ExpressionValue, StaticType } from './values.ts'

/** A function of expressions, and what it reads. */
interface QueryFunction {
  readonly parameters?: readonly StaticType[]
  readonly result: StaticType
  call(reading: Reading, args: readonly ExpressionValue[]): ExpressionValue
}

/** What expressions may ask of a query (CoreDNS plugin/pkg/expression). */
const queryFunctions: Readonly<Record<string, QueryFunction>> = {
  name: { result: 'string', call: ({ query }) => query.qname },
  type: { result: 'string', call: ({ query }) => typeName(query.qtype) },
  class: { result: 'string', call: ({ query }) => distinctClassName(query.qclass) },
  proto: { result: 'string', call: personal(({ query }) => query.client.transport) },
  client_ip: { result: 'string', call: personal(({ query }) => query.client.address) },
  port: { result: 'string', call: personal(({ query }) => String(query.client.port)) },
  server_ip: { result: 'string', call: personal(({ query }) => query.client.localAddress) },
  server_port: { result: 'string', call: personal(({ query }) => String(query.client.localPort ?? '')) },
  id: { result: 'int', call: personal(({ query }) => BigInt(requestOf(query).id)) },
  opcode: { result: 'int', call: () => 0n }, // all else is refused before
  do: { result: 'bool', call: personal(({ query }) => requestOf(query).edns?.dnssecOk ?? false) },
  bufsize: { result: 'int', call: personal(payloadSizeOf) },
  size: { result: 'int', call: personal(sizeOf) },
  metadata: { parameters: ['string'], result: 'string', call: (reading, [label]) => reading.metadata(String(label)) },
  incidr: { parameters: ['string', 'string'], result: 'bool', call: (_, args) => isInCidr(args) },
}

/** The functions of a query, and no names. */
export const queryTypes: Types = {
  names: new Map(),
  functions: new Map<string, FunctionType>(
    Object.entries(queryFunctions).map(
      ([name, { parameters = [], result }]) => [name, { parameters, result }] as const,
    ),
  ),
}

/** What `queryTypes` stand for at a query; what they read of it shows in `reading`. */
export function queryEnvironment(reading: Reading): Environment {
  return { names: new Map(), call: (name, args) => queryFunctions[name]?.call(reading, args) ?? null }
}

function personal(read: (reading: Reading) => ExpressionValue): QueryFunction['call'] {
  return (reading) => reading.personal(() => read(reading))
}

/** What the client offers, at least what every UDP message may have. */
function payloadSizeOf({ query }: Reading): bigint {
  if (query.client.transport === 'tcp') return BigInt(maximumMessageOctets)
  return BigInt(Math.max(requestOf(query).edns?.payloadSize ?? 0, minimumPayloadSize))
}

/** Octets of the type and class of a question. */
const typeAndClassOctets = 4

/** Octets of the query, as far as it is known: header, question and OPT record. */
function sizeOf({ query }: Reading): bigint {
  const nameOctets = labelsOf(query.qname).reduce((sum, label) => sum + label.length + 1, 1)
  const { edns } = requestOf(query)
  return BigInt(headerOctets + nameOctets + typeAndClassOctets + (edns === undefined ? 0 : octetsOfOpt(edns)))
}

function isInCidr([address, cidr]: readonly ExpressionValue[]): boolean {
  if (isIP(String(address)) === 0) throw new ExpressionError('first argument is not an IP address')
  const network = networkOf(String(cidr))
  if (network === undefined) throw new ExpressionError(`invalid CIDR address: ${String(cidr)}`)
  return networkContains(network, canonicalAddress(String(address)))
}
