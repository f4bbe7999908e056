import { CLASS, className, RCODE, TYPE, typeName } from '../../dns/iana.ts'
import type { Reading } from '../../plugin/expression/reading.ts'
import type { ExpressionValue } from '../../plugin/expression/values.ts'
import { type Query, requestOf } from '../../plugin/handler.ts'
import type { Regex } from '../../util/regex.ts'
import type { TemplateRule } from './config.ts'
import { type Dictionary, type List, type Struct, stringList, stringMap, type Value } from './go-template/values.ts'

/** A rule that fits a query, with the pattern that matched. */
export interface Match {
  readonly rule: TemplateRule
  readonly zone: string
  readonly pattern: Regex
  /** What its groups matched. */
  readonly groups: readonly string[]
  readonly variables: ReadonlyMap<string, ExpressionValue>
}

/** What `.Class` is. A question for any class is asked in that of the rule. */
export function classOf({ qclass }: Query, rule: TemplateRule): string {
  return className(qclass === CLASS.ANY ? rule.qclass : qclass)
}

/** What `.Type` is. */
export function typeOf({ qtype }: Query, rule: TemplateRule): string {
  return typeName(qtype === TYPE.ANY ? rule.qtype : qtype)
}

/** What `.` is in a template: CoreDNS's templateData. */
export function dataOf(reading: Reading, match: Match): Struct {
  const { query } = reading
  return {
    kind: 'struct',
    type: '*template.templateData',
    fields: {
      Zone: () => match.zone,
      Name: () => query.qname,
      Regex: () => match.pattern.source,
      Match: () => stringList(match.groups),
      Group: () => stringMap(groupsByName(match)),
      Class: () => classOf(query, match.rule),
      Type: () => typeOf(query, match.rule),
      Message: () => messageOf(reading),
      Question: () => questionOf(reading, '*dns.Question'),
      Remote: () => reading.personal(() => query.client.address),
      Var: () => dictionary([...match.variables]),
    },
    methods: { Meta: { parameters: ['string'], call: ([label]) => reading.metadata(String(label)) } },
  }
}

/** By number, and by name. */
export function groupsByName({ pattern, groups }: Pick<Match, 'pattern' | 'groups'>): ReadonlyMap<string, string> {
  const named = groups.flatMap((group, index) => {
    const name = pattern.groupNames[index] ?? ''
    return name === '' ? [] : [[name, group] as const]
  })
  return new Map([...groups.map((group, index) => [String(index), group] as const), ...named])
}

/** What a client may set in a header, and what of it a query always has. */
function messageOf(reading: Reading): Struct {
  const request = requestOf(reading.query)
  const flag = (value: boolean) => () => value
  return {
    kind: 'struct',
    type: '*dns.Msg',
    fields: {
      Id: () => reading.personal(() => BigInt(request.id)),
      Response: flag(false),
      Opcode: () => 0n,
      Authoritative: flag(false),
      Truncated: flag(false),
      RecursionDesired: () => reading.personal(() => request.rd),
      RecursionAvailable: flag(false),
      Zero: flag(false),
      AuthenticatedData: () => reading.personal(() => request.ad),
      CheckingDisabled: () => reading.personal(() => request.cd),
      Rcode: () => BigInt(RCODE.NOERROR),
      Compress: flag(false),
      Question: () => list('[]dns.Question', [questionOf(reading, 'dns.Question')]),
    },
  }
}

/** Its name has the letter case that the client wrote. */
function questionOf(reading: Reading, type: string): Struct {
  const { spelling, qtype, qclass } = reading.query
  return {
    kind: 'struct',
    type,
    fields: {
      Name: () => reading.personal(() => spelling),
      Qtype: () => BigInt(qtype),
      Qclass: () => BigInt(qclass),
    },
  }
}

function list(type: string, items: readonly Value[]): List {
  return { kind: 'list', type, items }
}

function dictionary(entries: Iterable<readonly [string, ExpressionValue]>): Dictionary {
  const values = [...entries].map(([name, value]) => [name, toTemplateValue(value)] as const)
  return { kind: 'map', type: 'map[string]interface {}', entries: new Map(values), zero: null }
}

/** What an expression gave, as a template sees it. */
function toTemplateValue(value: ExpressionValue): Value {
  if (value === null || typeof value !== 'object') return value
  return value instanceof Map ? dictionary(value) : list('[]interface {}', [...value.values()].map(toTemplateValue))
}
