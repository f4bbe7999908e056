import { type Property, properties, readZones } from '../../corefile/directive-reader.ts'
import { CorefileError, ValueSyntaxError } from '../../corefile/errors.ts'
import type { Directive, Token } from '../../corefile/model.ts'
import { parseNetworkOrAddress } from '../../corefile/network.ts'
import { typeCode } from '../../dns/iana.ts'
import type { Setup, SetupContext } from '../../plugin/setup.ts'
import type { Network } from '../../util/network.ts'
import { acl } from './acl.ts'
import { type AclAction, type AclPolicy, type AclRule, aclActions } from './config.ts'
import { aclCounters } from './metrics.ts'

/** `acl [ZONES…] { allow|block|filter|drop [type TYPES…] [net SOURCES…] }`, as often as wanted. */
export const setupAcl: Setup = (occurrences, context) => {
  const rules = occurrences.map((directive) => readRule(directive, context))
  return { handler: acl(rules, aclCounters(context)) }
}

function readRule(directive: Directive, { serverBlock }: SetupContext): AclRule {
  return { zones: readZones(directive.args, serverBlock), policies: properties(directive).map(readPolicy) }
}

function readPolicy(property: Property): AclPolicy {
  const action = readAction(property)
  let qtypes: AclPolicy['qtypes']
  let networks: AclPolicy['networks']
  for (const { section, tokens } of readSections(property)) {
    if (section === 'type') qtypes = readTypes(tokens)
    else networks = readNetworks(tokens)
  }
  return { action, qtypes, networks }
}

function readAction(property: Property): AclAction {
  const name = property.name.toLowerCase()
  const action = aclActions.find((known) => known === name)
  if (action === undefined) {
    const found = JSON.stringify(property.name)
    throw new CorefileError(property, `unexpected token ${found}; expect 'allow', 'block', 'filter' or 'drop'`)
  }
  return action
}

interface Section {
  readonly section: 'type' | 'net'
  readonly tokens: Token[]
}

function readSections(property: Property): Section[] {
  const sections: Section[] = []
  for (const token of property.args) {
    const name = token.text.toLowerCase()
    if (name === 'type' || name === 'net') sections.push({ section: name, tokens: [] })
    else if (sections.length > 0) sections.at(-1)?.tokens.push(token)
    else throw new CorefileError(token, `unexpected token ${JSON.stringify(token.text)}; expect 'type | net'`)
  }
  const bare = sections.find(({ tokens }) => tokens.length === 0)
  if (bare !== undefined) throw new CorefileError(property, `no token specified in "${bare.section}" section`)
  return sections
}

function readTypes(tokens: readonly Token[]): AclPolicy['qtypes'] {
  if (tokens.some(({ text }) => text === '*')) return undefined
  return new Set(tokens.map(readType))
}

function readType(token: Token): number {
  const code = typeCode(token.text)
  if (code === undefined) {
    throw new CorefileError(token, `unexpected token ${JSON.stringify(token.text)}; expect legal QTYPE`)
  }
  return code
}

function readNetworks(tokens: readonly Token[]): AclPolicy['networks'] {
  if (tokens.some(({ text }) => text === '*')) return undefined
  return tokens.map(readNetwork)
}

function readNetwork(token: Token): Network {
  try {
    return parseNetworkOrAddress(token.text)
  } catch (error) {
    if (!(error instanceof ValueSyntaxError)) throw error
    throw new CorefileError(token, `illegal CIDR notation ${JSON.stringify(token.text)}`, { cause: error })
  }
}
