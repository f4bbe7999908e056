import { noArguments, type Property, properties, wrongArguments } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Directive } from '../../corefile/model.ts'
import type { Setup } from '../../plugin/setup.ts'
import { type HeaderConfig, type HeaderRule, header, headerFlags } from './header.ts'

/** `header { query|response set|clear FLAGS… }`; of several the first counts. */
export const setupHeader: Setup = (occurrences) => {
  const [first] = occurrences.map(readConfig)
  return first === undefined ? {} : { handler: header(first) }
}

function readConfig(directive: Directive): HeaderConfig {
  noArguments(directive)
  const lines = properties(directive).map((property) => ({
    selector: readSelector(property),
    rules: readRules(property),
  }))
  if (lines.length === 0) throw wrongArguments(directive)
  const rulesOf = (selector: Selector) => lines.flatMap((line) => (line.selector === selector ? line.rules : []))
  return { query: rulesOf('query'), response: rulesOf('response') }
}

const selectors = ['query', 'response'] as const
type Selector = (typeof selectors)[number]

function readSelector(property: Property): Selector {
  const name = property.name.toLowerCase()
  const selector = selectors.find((known) => known === name)
  if (selector === undefined) throw ruleError(property, `invalid selector=${name} should be query or response`)
  return selector
}

function readRules(property: Property): HeaderRule[] {
  const [action, ...flags] = property.args.map(({ text }) => text.toLowerCase())
  if (action === undefined) throw ruleError(property, 'no flag action provided')
  if (flags.length === 0) throw ruleError(property, 'invalid length for flags, at least one should be provided')
  if (action !== 'set' && action !== 'clear') {
    throw ruleError(property, `unknown flag action=${action}, should be set or clear`)
  }
  return flags.map((name) => {
    const flag = headerFlags.find((known) => known === name)
    if (flag === undefined) throw ruleError(property, `unknown/unsupported flag=${name}`)
    return { flag, isSet: action === 'set' }
  })
}

function ruleError(property: Property, message: string): CorefileError {
  return new CorefileError(property, `setting up rule: ${message}`)
}
