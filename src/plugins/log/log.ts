import { OPCODE, RCODE, TYPE } from '../../dns/iana.ts'
import { isSubdomain, type Name } from '../../dns/name.ts'
import type { Exchange, Observer, Watch } from '../../plugin/observer.ts'
import { metadataOf, type Offers } from '../../plugin/offers.ts'
import { compileFormat, type LabelValue } from './format.ts'

export const logClasses = ['success', 'denial', 'error', 'all'] as const
export type LogClass = (typeof logClasses)[number]

/** One `log` line of the Corefile. */
export interface LogRule {
  readonly zones: readonly Name[]
  readonly format: string
  readonly classes: ReadonlySet<LogClass>
}

export interface LogContext {
  readonly write: (line: string) => void
  /** What `{/label}` stands for: it is read at each exchange. */
  readonly offers: Pick<Offers, 'metadata' | 'metadataZones'>
}

/**
 * Writes a line for each exchange.
 *
 * The first rule with a zone of the name decides, also where its classes then leave the line out (CoreDNS plugin/log).
 */
export function log(rules: readonly LogRule[], { write, offers }: LogContext): Observer {
  const meaning: LabelValue = (exchange, label) => labelValue(offers, exchange, label)
  const compiled = rules.map((rule) => ({ ...rule, formatLine: compileFormat(rule.format, meaning) }))
  const observe: Watch = (exchange) => {
    const { qname } = exchange.question
    const rule = compiled.find(({ zones }) => zones.some((zone) => isSubdomain(qname, zone)))
    if (rule === undefined) return
    if (rule.classes.has('all') || rule.classes.has(classOf(exchange))) write(rule.formatLine(exchange))
  }
  return {
    name: 'log',
    watch: () => observe,
  }
}

/**
 * What a label of metadata stands for; undefined: nobody says, or there is no plugin `metadata`.
 *
 * What plugins say of an answer, and what this one says, is for all names; what they say of a query, for the zones of
 * `metadata` (CoreDNS plugin/metadata).
 */
function labelValue(offers: LogContext['offers'], exchange: Exchange, label: string): string | undefined {
  if (offers.metadataZones.length === 0) return undefined
  if (label === 'log/class') return classOf(exchange)
  if (label === 'log/type') return typeOf(exchange)
  return exchange.metadata?.[label] ?? metadataOf(offers, exchange.query, label)
}

/** The types of a response as CoreDNS tells them apart (plugin/pkg/response), and the class of each. */
const classes = {
  NOERROR: 'success',
  DELEGATION: 'success',
  NXDOMAIN: 'denial',
  NODATA: 'denial',
  SERVERERROR: 'error',
  META: 'error',
  UPDATE: 'error',
  OTHERERROR: 'error',
} as const satisfies Record<string, Exclude<LogClass, 'all'>>

export function classOf(exchange: Exchange): Exclude<LogClass, 'all'> {
  return classes[typeOf(exchange)]
}

export function typeOf(exchange: Exchange): keyof typeof classes {
  const { opcode, question, rcode, answerCount, authorityHasSoa, authorityHasNs } = exchange
  if (opcode === OPCODE.UPDATE) return 'UPDATE'
  if (opcode === OPCODE.NOTIFY || question.qtype === TYPE.AXFR || question.qtype === TYPE.IXFR) return 'META'
  if (rcode === RCODE.NXDOMAIN) return answerCount === 0 ? 'NXDOMAIN' : 'OTHERERROR'
  if (rcode === RCODE.SERVFAIL || rcode === RCODE.NOTIMP) return 'SERVERERROR'
  if (rcode !== RCODE.NOERROR) return 'OTHERERROR'
  if (answerCount > 0) return 'NOERROR'
  if (authorityHasSoa) return 'NODATA'
  return authorityHasNs ? 'DELEGATION' : 'NOERROR'
}
