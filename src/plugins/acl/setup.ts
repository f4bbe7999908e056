import { type Property, properties, readZones } from '../../corefile/directive-reader.ts'
import { CorefileError, ValueSyntaxError } from '../../corefile/errors.ts'
import type { Directive, Token } from '../../corefile/model.ts'
import { asNetwork, parseNetwork } from '../../corefile/network.ts'
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
  const sections = readSections(property)
  const named = <T>(section: Section['section'], read: (token: Token) => T): readonly T[] | undefined => {
    const parts = sections.filter((each) => each.section === section).map(({ tokens }) => readNamed(tokens, read))
    return parts.length === 0 || parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? [])
  }
  const qtypes = named('type', readType)
  return { action, qtypes: qtypes && new Set(qtypes), networks: named('net', readNetwork) }
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

/** What is named up to a `*`, behind which nothing is read; undefined: there is one, so that it is all. */
function readNamed<T>(tokens: readonly Token[], read: (token: Token) => T): readonly T[] | undefined {
  const all = tokens.findIndex(({ text }) => text === '*')
  const named = tokens.slice(0, all < 0 ? tokens.length : all).map(read)
  return all < 0 ? named : undefined
}

function readType(token: Token): number {
  const code = token.text === token.text.toUpperCase() ? typeCode(token.text) : undefined
  if (code === undefined) {
    throw new CorefileError(token, `unexpected token ${JSON.stringify(token.text)}; expect legal QTYPE`)
  }
  return code
}

function readNetwork(token: Token): Network {
  const text = asNetwork(token.text)
  try {
    return parseNetwork(text)
  } catch (error) {
    if (!(error instanceof ValueSyntaxError)) throw error
    throw new CorefileError(token, `illegal CIDR notation ${JSON.stringify(text)}`, { cause: error })
  }
}
