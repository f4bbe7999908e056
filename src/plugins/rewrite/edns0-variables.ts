import type { Query } from '../../plugin/handler.ts'
import { metadataOf, type Offers } from '../../plugin/offers.ts'
import { canonicalAddress, familyOf, octetsOf, withoutZoneId } from '../../util/address.ts'

/** What stands for a word in braces at a query; undefined: nothing, so that the rule does not hold for it. */
export type Variable = (query: Query) => Uint8Array | undefined

const ofQuestion: Readonly<Record<string, Variable>> = {
  '{qname}': ({ spelling }) => Buffer.from(spelling),
  '{qtype}': ({ qtype }) => uint16(qtype),
}

const ofClient: Readonly<Record<string, Variable>> = {
  '{client_ip}': ({ client }) => Uint8Array.from(octetsOf(clientAddress(client.address))),
  '{client_port}': ({ client }) => uint16(client.port),
  '{protocol}': ({ client }) => Buffer.from(client.transport),
  '{server_ip}': ({ client }) => serverAddress(client),
  '{server_port}': ({ client }) => (client.localPort === undefined ? undefined : uint16(client.localPort)),
}

/** The variable of a word; undefined: there is none. */
export function variableOf(
  word: string,
  offers: Offers,
): { readonly read: Variable; readonly dependsOnClient: boolean } | undefined {
  const question = Object.hasOwn(ofQuestion, word) ? ofQuestion[word] : undefined
  if (question !== undefined) return { read: question, dependsOnClient: false }
  const client = Object.hasOwn(ofClient, word) ? ofClient[word] : undefined
  if (client !== undefined) return { read: client, dependsOnClient: true }
  const [, label] = /^\{([^/]+\/.+)\}$/.exec(word) ?? []
  if (label === undefined) return undefined
  const read: Variable = (query) => {
    const value = metadataOf(offers, query, label)
    return value === undefined || value === '' ? undefined : Buffer.from(value)
  }
  return { read, dependsOnClient: true }
}

/** Without the zone id. */
export function clientAddress(address: string): string {
  return canonicalAddress(withoutZoneId(address))
}

/** In the family of the client's; undefined where it has none there. */
function serverAddress({ address, localAddress }: Query['client']): Uint8Array | undefined {
  const local = clientAddress(localAddress)
  const isMapped = familyOf(clientAddress(address)) === 6 && familyOf(local) === 4
  if (isMapped) return Uint8Array.from([...Array(10).fill(0), 0xff, 0xff, ...octetsOf(local)])
  return familyOf(clientAddress(address)) === familyOf(local) ? Uint8Array.from(octetsOf(local)) : undefined
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value)
}
