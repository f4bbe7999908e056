import { ValueSyntaxError } from '../../corefile/errors.ts'
import { type Edns, type EdnsOption, ednsVersion } from '../../dns/edns.ts'
import { EDNS_OPTION } from '../../dns/iana.ts'
import { type Answer, isRelayed, type Query, type Request, requestOf } from '../../plugin/handler.ts'
import type { Offers } from '../../plugin/offers.ts'
import { familyOf, octetsOf } from '../../util/address.ts'
import { clientAddress, type Variable, variableOf } from './edns0-variables.ts'
import { parseHex, parseUint16 } from './go-numbers.ts'
import type { Rule } from './rule.ts'

const actions = ['set', 'append', 'replace', 'unset'] as const
type Action = (typeof actions)[number]

/**
 * Reads `local|nsid|subnet set|append|replace|unset … [revert]`.
 *
 * What a rule adds is not echoed to the client; with `revert`, what another server answers to it is kept from the
 * client as well.
 *
 * @throws ValueSyntaxError in CoreDNS's words
 */
export function parseEdns0Rule(words: readonly string[], offers: Offers): Rule {
  if (words.length < 2) throw new ValueSyntaxError('too few arguments for an EDNS0 rule')
  const [kind = '', word = '', ...rest] = words
  const [type, name] = [kind.toLowerCase(), word.toLowerCase()]
  const action = actions.find((known) => known === name)
  if (action === undefined) throw new ValueSyntaxError(`invalid action: ${JSON.stringify(name)}`)
  if (action === 'unset') return parseUnset(type, rest)
  const reverts = rest.at(-1) === 'revert'
  const values = reverts ? rest.slice(0, -1) : rest
  const manner = { action, reverts }
  if (type === 'local') return parseLocal(manner, values, offers)
  if (type === 'nsid') return parseNsid(manner, values)
  if (type === 'subnet') return parseSubnet(manner, values)
  throw new ValueSyntaxError(`invalid rule type ${JSON.stringify(type)}`)
}

interface Manner {
  readonly action: Exclude<Action, 'unset'>
  readonly reverts: boolean
}

function parseUnset(type: string, [code = '', ...more]: readonly string[]): Rule {
  const count = code === '' ? 0 : 1 + more.length
  if (type === 'local') {
    if (count !== 1) throw new ValueSyntaxError('local unset action requires exactly two arguments')
    return unset(parseUint16(code))
  }
  if (type !== 'nsid' && type !== 'subnet') throw new ValueSyntaxError(`invalid rule type ${JSON.stringify(type)}`)
  if (count !== 0) throw new ValueSyntaxError(`${type} unset action requires exactly one argument`)
  return unset(type === 'nsid' ? EDNS_OPTION.NSID : EDNS_OPTION.CLIENT_SUBNET)
}

function parseLocal(manner: Manner, values: readonly string[], offers: Offers): Rule {
  const [code, data] = values
  if (code === undefined || data === undefined || values.length > 2) {
    throw new ValueSyntaxError('EDNS0 local rules require three or four args')
  }
  if (!(data.startsWith('{') && data.endsWith('}'))) return localRule(manner, parseUint16(code), parseData(data))
  const number = parseUint16(code)
  const variable = variableOf(data, offers)
  if (variable === undefined) throw new ValueSyntaxError(`unsupported variable name ${JSON.stringify(data)}`)
  const { read, dependsOnClient } = variable
  // What is there of the code already is in the way of another one.
  return { ...make({ ...manner, code: number, data: read, keepsExisting: true }), dependsOnClient }
}

function parseData(text: string): Uint8Array {
  return text.startsWith('0x') ? parseHex(text.slice(2)) : Buffer.from(text)
}

function localRule(manner: Manner, code: number, data: Uint8Array): Rule {
  return make({ ...manner, code, data: () => data, keepsExisting: false })
}

function parseNsid(manner: Manner, values: readonly string[]): Rule {
  if (values.length > 0) throw new ValueSyntaxError('EDNS0 NSID rules can accept no more than one arg')
  return localRule(manner, EDNS_OPTION.NSID, new Uint8Array())
}

function parseSubnet(manner: Manner, values: readonly string[]): Rule {
  const [v4, v6] = values
  if (v4 === undefined || v6 === undefined || values.length > 2) {
    throw new ValueSyntaxError('EDNS0 subnet rules require three or four args')
  }
  const lengths = { 4: parseMaskLength('IPv4', v4, 32), 6: parseMaskLength('IPv6', v6, 128) }
  const data: Variable = ({ client }) => {
    const address = clientAddress(client.address)
    return subnetData(address, lengths[familyOf(address)])
  }
  const rule = make({ ...manner, code: EDNS_OPTION.CLIENT_SUBNET, data, keepsExisting: true })
  return { ...rule, dependsOnClient: true }
}

function parseMaskLength(family: string, text: string, maximum: number): number {
  const length = parseUint16(text)
  if (length > maximum) throw new ValueSyntaxError(`invalid ${family} bit mask length ${length}`)
  return length
}

/** RFC 7871 section 6: the family, the length of the prefix, 0, and so many octets of it as there are. */
function subnetData(address: string, prefixLength: number): Uint8Array {
  const octets = octetsOf(address).slice(0, Math.ceil(prefixLength / 8))
  const unused = octets.length * 8 - prefixLength
  const masked = octets.map((octet, index) => (index === octets.length - 1 ? (octet >> unused) << unused : octet))
  return Uint8Array.of(0, familyOf(address) === 4 ? 1 : 2, prefixLength, 0, ...masked)
}

interface Made extends Manner {
  readonly code: number
  readonly data: Variable
  /** `append` is nothing where there is one of the code. */
  readonly keepsExisting: boolean
}

function make({ action, reverts, code, data: read, keepsExisting }: Made): Rule {
  return {
    rewrite(query) {
      const data = read(query)
      if (data === undefined) return undefined
      const options = optionsOf(query)
      const at = options.findIndex((option) => option.code === code)
      const own = action === 'append' ? undefined : options[at]
      const response = reverts ? { response: (answer: Answer) => withOwnOption(answer, code, own) } : {}
      if (own !== undefined) return { changes: withOptions(query, options.with(at, { code, data })), ...response }
      if (action === 'replace' || (at >= 0 && keepsExisting)) return undefined
      return { changes: withOptions(query, [...options, { code, data }]), ...response }
    },
  }
}

/** In the place of another server's option the client's own, if it sent one. */
function withOwnOption(answer: Answer, code: number, own: EdnsOption | undefined): Answer {
  const options = answer.options ?? (isRelayed(answer) ? answer.message.opt?.options : undefined)
  if (options?.some((option) => option.code === code) !== true) return answer
  const others = options.filter((option) => option.code !== code)
  if (own === undefined) return { ...answer, options: others }
  return { ...answer, options: [...others, own], validity: { kind: 'once' } }
}

function unset(code: number): Rule {
  return {
    rewrite: (query) => ({
      changes: withOptions(
        query,
        optionsOf(query).filter((option) => option.code !== code),
      ),
    }),
  }
}

function optionsOf(query: Query): readonly EdnsOption[] {
  return requestOf(query).edns?.options ?? []
}

/** What CoreDNS says that it takes where the client says nothing. */
const payloadSizeOfOurs = 4096

function withOptions(query: Query, options: readonly EdnsOption[]): { readonly request: Request } {
  const request = requestOf(query)
  const edns: Edns = request.edns ?? { version: ednsVersion, dnssecOk: false, payloadSize: payloadSizeOfOurs }
  const { options: _, ...bare } = edns
  return { request: { ...request, edns: options.length === 0 ? bare : { ...bare, options } } }
}
