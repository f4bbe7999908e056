import {
  oneArgument,
  type Property,
  readRegex,
  readZones,
  someArguments,
  walkProperties,
  wrongArguments,
} from '../../corefile/directive-reader.ts'
import { argumentError, CorefileError } from '../../corefile/errors.ts'
import type { Directive, ServerBlock, Token } from '../../corefile/model.ts'
import type { ExtendedError } from '../../dns/edns.ts'
import { CLASS, RCODE, type Rcode, typeCode } from '../../dns/iana.ts'
import type { Section } from '../../dns/message.ts'
import { type Name, root } from '../../dns/name.ts'
import type { Expression } from '../../plugin/expression/expression.ts'
import { readExpression } from '../../plugin/expression/read.ts'
import { isReservedName, type Types } from '../../plugin/expression/types.ts'
import type { Setup } from '../../plugin/setup.ts'
import { compileRegex, type Regex } from '../../util/regex.ts'
import type { TemplateRule, TemplateVariable } from './config.ts'
import { functions } from './functions.ts'
import { type GoTemplate, parseTemplate, TemplateSyntaxError } from './go-template/template.ts'
import { environmentTypes } from './match-environment.ts'
import { templateCounts } from './metrics.ts'
import { template } from './template.ts'

/** `template CLASS TYPE [ZONE…] { … }`, as often as wanted. */
export const setupTemplate: Setup = (occurrences, context) => {
  const rules = occurrences.map((directive) => readRule(directive, context.serverBlock))
  const counts = templateCounts(context)
  return { handler: template(rules, { resolve: context.resolve, counts, offers: context.offers }) }
}

function readRule(directive: Directive, serverBlock: ServerBlock): TemplateRule {
  const { name: text, file, line } = directive
  const [qclass, qtype, ...zones] = directive.args
  if (qclass === undefined) throw argumentError({ text, file, line })
  const head = { qclass: readClass(qclass), qtype: readType(qtype, qclass), zones: readZones(zones, serverBlock) }
  const patterns: Regex[] = []
  const records: Record<Section, GoTemplate[]> = { answer: [], authority: [], additional: [] }
  const variables: TemplateVariable[] = []
  const conditions: Expression[] = []
  let types = environmentTypes
  let rcode: Rcode = 'NOERROR'
  let extendedError: ExtendedError | undefined
  let fallthrough: readonly Name[] = []
  const readRecords = (section: Section) => (property: Property) => {
    records[section].push(...readTemplates(property, section))
  }
  walkProperties(directive, {
    match: (property) => {
      for (const token of someArguments(property, { min: 1 })) {
        patterns.push(readRegex(token, `could not parse regex: ${token.text}, `))
      }
    },
    var: (property) => {
      const { variable, type } = readVariable(property, types)
      variables.push(variable)
      types = { ...types, names: new Map([...types.names, [variable.name, type]]) }
    },
    expr: (property) => {
      const tokens = someArguments(property, { min: 1 })
      conditions.push(readExpression(property, tokens, types, 'could not compile expression: '))
    },
    answer: readRecords('answer'),
    additional: readRecords('additional'),
    authority: readRecords('authority'),
    rcode: (property) => {
      rcode = readRcode(property)
    },
    ederror: (property) => {
      extendedError = readExtendedError(property)
    },
    fallthrough: ({ args }) => {
      fallthrough = args.length === 0 ? [root] : readZones(args, serverBlock)
    },
    upstream: () => {}, // CoreDNS takes it and does nothing with it
  })
  return {
    ...head,
    patterns: patterns.length === 0 ? [compileRegex('.*')] : patterns,
    variables,
    conditions,
    records,
    rcode,
    fallthrough,
    ...(extendedError && { extendedError }),
  }
}

function readClass(token: Token): number {
  const { text } = token
  if (Object.hasOwn(CLASS, text)) return CLASS[text as keyof typeof CLASS] // hasOwn has just shown it is a key
  throw new CorefileError(token, `invalid query class ${text}`)
}

function readType(token: Token | undefined, last: Token): number {
  if (token === undefined) throw argumentError(last)
  const code = token.text === token.text.toUpperCase() ? typeCode(token.text) : undefined
  if (code === undefined) throw new CorefileError(token, `invalid RR class ${token.text}`)
  return code
}

/** Other names of codes that CoreDNS takes. */
const rcodeAliases: ReadonlyMap<string, Rcode> = new Map([
  ['NOTIMPL', 'NOTIMP'],
  ['BADSIG', 'BADVERS'],
])

function readRcode(property: Property): Rcode {
  const token = oneArgument(property)
  if (Object.hasOwn(RCODE, token.text)) return token.text as Rcode // hasOwn has just shown it is one
  const alias = rcodeAliases.get(token.text)
  if (alias === undefined) throw new CorefileError(token, `unknown rcode ${token.text}`)
  return alias
}

function readTemplates(property: Property, section: Section): GoTemplate[] {
  const tokens = someArguments(property, { min: 1 })
  // CoreDNS names the last word of the line, whichever is wrong.
  const last = tokens.at(-1)?.text
  return tokens.map((token) => {
    try {
      return parseTemplate(section, token.text, functions)
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError)) throw error
      throw new CorefileError(token, `could not compile template: ${last}, ${error.message}`, { cause: error })
    }
  })
}

function readExtendedError(property: Property): ExtendedError {
  const [code, reason] = someArguments(property, { min: 1, max: 2 })
  if (code === undefined) throw wrongArguments(property)
  const last = reason ?? code
  const problem = problemOf(code.text)
  if (problem === undefined) return { infoCode: Number(code.text), text: reason?.text ?? '' }
  const message = `strconv.ParseUint: parsing ${JSON.stringify(code.text)}: ${problem}`
  throw new CorefileError(code, `error parsing extended DNS error code ${last.text}, ${message}`)
}

function problemOf(code: string): string | undefined {
  if (!/^\d+$/.test(code)) return 'invalid syntax'
  return Number(code) > 0xffff ? 'value out of range' : undefined
}

function readVariable(property: Property, types: Types): { variable: TemplateVariable; type: Expression['type'] } {
  const [name, ...tokens] = someArguments(property, { min: 2 })
  if (name === undefined) throw wrongArguments(property)
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name.text)) {
    throw new CorefileError(name, `invalid variable name ${JSON.stringify(name.text)}`)
  }
  if (isReservedName(name.text) || types.names.has(name.text) || types.functions.has(name.text)) {
    throw new CorefileError(name, `variable name ${JSON.stringify(name.text)} is reserved`)
  }
  const value = readExpression(property, tokens, types, `could not compile expression: ${name.text}, `)
  return { variable: { name: name.text, value }, type: value.type }
}
