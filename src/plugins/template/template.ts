/**
 * template: answers with records that templates write, by a match of the name.
 *
 * setup.ts reads the rules; here one is chosen for a query, and its templates are filled in (data.ts is what they can
 * read, go-template/ how they are written, match-environment.ts what their variables and conditions can).
 */

import { extendedErrorOption } from '../../dns/edns.ts'
import { CLASS, TYPE } from '../../dns/iana.ts'
import { type Section, sections } from '../../dns/message.ts'
import { isSubdomain, longestZone, type Name } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { ExpressionError } from '../../plugin/expression/expression.ts'
import { Reading } from '../../plugin/expression/reading.ts'
import type { ExpressionValue } from '../../plugin/expression/values.ts'
import {
  type Answer,
  bothValid,
  type Handler,
  type Next,
  type Query,
  type RecordsAnswer,
  unpack,
  type Validity,
} from '../../plugin/handler.ts'
import type { Offers } from '../../plugin/offers.ts'
import type { Step } from '../../plugin/reason.ts'
import { ServerError } from '../../util/errors.ts'
import { type MaybePromise, mapMaybe } from '../../util/maybe-promise.ts'
import type { Regex } from '../../util/regex.ts'
import type { TemplateRule } from './config.ts'
import { classOf, dataOf, type Match, typeOf } from './data.ts'
import { type GoTemplate, TemplateExecutionError } from './go-template/template.ts'
import { environmentOf } from './match-environment.ts'
import type { CountedMatch, TemplateCounts } from './metrics.ts'
import * as reasons from './reasons.ts'
import { readRecord } from './record.ts'

export interface TemplateContext {
  /** Asks the whole server: where a CNAME leads. */
  readonly resolve: Next
  readonly counts: TemplateCounts
  readonly offers: Pick<Offers, 'metadata' | 'metadataZones'>
}

/** A template could not be filled in for a query; the message is Go's. */
export class TemplateFailedError extends ServerError {
  constructor(message: string, options?: ErrorOptions) {
    super('TEMPLATE_FAILED', message, options)
  }
}

/** CNAMEs that one query may lead through. */
const maximumAliases = 8

/** @param rules in the order of the file: the first that fits and matches answers */
export function template(rules: readonly TemplateRule[], context: TemplateContext): Handler {
  return {
    name: 'template',
    serve(query, next) {
      const reading = new Reading(query, context.offers)
      const passed: Step[] = []
      for (const rule of rules) {
        const zone = zoneOf(rule, query)
        if (zone === undefined) continue
        const found = matchOf(rule, zone, reading)
        if (!('step' in found)) return answer(reading, found, context)
        if (!found.goesOn) return failure(validityOf(reading), [...passed, found.step])
        passed.push(found.step)
      }
      if (passed.length === 0) return next(query)
      return mapMaybe(next(query), (reply) => ({
        ...reply,
        validity: bothValid(validityOf(reading), reply.validity),
        trace: [...passed, ...(reply.trace ?? [])],
      }))
    },
  }
}

/** Undefined: the rule is for others. */
function zoneOf({ zones, qclass, qtype }: TemplateRule, query: Query): Name | undefined {
  if (qclass !== CLASS.ANY && query.qclass !== CLASS.ANY && query.qclass !== qclass) return undefined
  if (qtype !== TYPE.ANY && query.qtype !== TYPE.ANY && query.qtype !== qtype) return undefined
  return longestZone(query.qname, zones)
}

interface Mismatch {
  readonly step: Step
  /** Whether the next rule or plugin is asked. */
  readonly goesOn: boolean
}

function matchOf(rule: TemplateRule, zone: Name, reading: Reading): Match | Mismatch {
  const { qname } = reading.query
  const goesOn = rule.fallthrough.some((each) => isSubdomain(qname, each))
  const mismatch = { goesOn, step: goesOn ? reasons.passedOn({ zone }) : reasons.mismatch({ zone }) }
  const found = firstMatch(rule.patterns, qname)
  if (found === undefined) return mismatch
  try {
    const variables = new Map<string, ExpressionValue>()
    const environment = environmentOf(reading, found, variables)
    for (const { name, value } of rule.variables) variables.set(name, value.evaluate(environment))
    const isMet = rule.conditions.every((condition) => condition.evaluate(environment) === true)
    return isMet ? { rule, zone, ...found, variables } : mismatch
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return { goesOn: false, step: reasons.expressionFailed({ zone, message: error.message }) }
  }
}

function firstMatch(patterns: readonly Regex[], qname: Name): Pick<Match, 'pattern' | 'groups'> | undefined {
  for (const pattern of patterns) {
    const groups = pattern.match(qname)
    if (groups !== undefined) return { pattern, groups }
  }
  return undefined
}

/** A template is a function of the question, if it reads nothing else. */
function validityOf({ isPersonal }: Reading): Validity {
  return isPersonal ? { kind: 'once' } : { kind: 'until-changed', tags: [] }
}

function failure(validity: Validity, trace: readonly Step[]): Answer {
  return { rcode: 'SERVFAIL', authoritative: false, answer: [], authority: [], additional: [], validity, trace }
}

function answer(reading: Reading, match: Match, context: TemplateContext): MaybePromise<Answer> {
  const { rule, zone, pattern } = match
  const { query } = reading
  const counted = { zone, class: classOf(query, rule), type: typeOf(query, rule) }
  const onReuse = context.counts.matched(counted)
  const trace = [reasons.templated({ zone, regex: pattern.source })]
  // As in CoreDNS: no records go with it.
  if (rule.rcode === 'SERVFAIL') return { ...failure(validityOf(reading), trace), onReuse }

  const data = dataOf(reading, match)
  const [answered, authority, additional] = sections.map((section) =>
    rule.records[section].map((each) => write(each, { section, data, counted, counts: context.counts })),
  )
  const made: RecordsAnswer = {
    rcode: rule.rcode,
    authoritative: true,
    answer: join(answered ?? []),
    authority: join(authority ?? []),
    additional: join(additional ?? []),
    validity: validityOf(reading),
    onReuse,
    trace,
    // It is what the Corefile says, so it does not depend on whether reasons are told.
    ...(rule.extendedError && { options: [extendedErrorOption(rule.extendedError)] }),
  }
  const isForAddress = query.qtype === TYPE.A || query.qtype === TYPE.AAAA
  return isForAddress ? followAliases(made, answered ?? [], query, context.resolve) : made
}

interface Writing {
  readonly section: Section
  readonly data: ReturnType<typeof dataOf>
  readonly counted: CountedMatch
  readonly counts: TemplateCounts
}

/** One record of a template. */
function write(source: GoTemplate, { section, data, counted, counts }: Writing): RRset {
  const text = attempt(
    () => source.execute(data),
    () => counts.failed('template', counted, section, source.source),
  )
  return attempt(
    () => readRecord(text),
    () => counts.failed('rr', counted, section, source.source),
  )
}

function attempt<T>(run: () => T, failed: () => void): T {
  try {
    return run()
  } catch (error) {
    failed()
    if (error instanceof TemplateExecutionError) throw new TemplateFailedError(error.message, { cause: error })
    throw error
  }
}

/** Behind each CNAME, what the server says of its target, if it says anything; whatever comes of that, the CNAME stays. */
function followAliases(
  made: RecordsAnswer,
  records: readonly RRset[],
  query: Query,
  resolve: Next,
): MaybePromise<Answer> {
  const via = [...query.via, query.qname]
  return follow(0, [], made)

  function follow(index: number, behind: readonly RRset[], reached: RecordsAnswer): MaybePromise<Answer> {
    const record = records[index]
    if (record === undefined) return { ...reached, answer: join(behind) }
    const target = record.type === 'CNAME' ? record.rdata[0]?.target : undefined
    const isCircle = target !== undefined && (via.includes(target) || via.length > maximumAliases)
    if (target === undefined || isCircle) return follow(index + 1, [...behind, record], reached)
    return mapMaybe(resolve({ ...query, qname: target, spelling: target, via }), (reply) => {
      const { answer: further, validity, isTruncated } = unpack(reply)
      return follow(index + 1, [...behind, record, ...further], {
        ...reached,
        validity: bothValid(reached.validity, validity),
        ...(isTruncated === true && { isTruncated }),
      })
    })
  }
}

/** Neighbours of one owner, type and TTL are one RRset. */
function join(records: readonly RRset[]): RRset[] {
  const joined: RRset[] = []
  for (const record of records) {
    const last = joined.at(-1)
    if (last?.owner === record.owner && last.type === record.type && last.ttl === record.ttl) {
      joined[joined.length - 1] = { ...last, rdata: [...last.rdata, ...record.rdata] } as RRset // both are of one type
    } else {
      joined.push(record)
    }
  }
  return joined
}
