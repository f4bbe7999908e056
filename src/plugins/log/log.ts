import { RCODE, TYPE } from '../../dns/iana.ts'
import { isSubdomain, type Name } from '../../dns/name.ts'
import type { Exchange, Observer, Watch } from '../../plugin/observer.ts'
import { compileFormat } from './format.ts'

export const logClasses = ['success', 'denial', 'error', 'all'] as const
export type LogClass = (typeof logClasses)[number]

/** One `log` line of the Corefile. */
export interface LogRule {
  readonly zones: readonly Name[]
  readonly format: string
  readonly classes: ReadonlySet<LogClass>
}

/**
 * Writes a line for each exchange.
 *
 * The first rule with a zone of the name decides, also where its classes then leave the line out (CoreDNS plugin/log).
 */
export function log(rules: readonly LogRule[], write: (line: string) => void): Observer {
  const compiled = rules.map((rule) => ({ ...rule, formatLine: compileFormat(rule.format) }))
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

/** The class of a response as CoreDNS tells them apart (plugin/pkg/response). */
export function classOf({ opcode, question, rcode, answerCount, authorityHasSoa }: Exchange): Exclude<LogClass, 'all'> {
  const { qtype } = question
  if (opcode !== 0 || qtype === TYPE.AXFR || qtype === TYPE.IXFR) return 'error'
  if (rcode === RCODE.NXDOMAIN) return answerCount === 0 ? 'denial' : 'error'
  if (rcode !== RCODE.NOERROR) return 'error'
  return answerCount === 0 && authorityHasSoa ? 'denial' : 'success'
}
