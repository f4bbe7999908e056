import { TYPE } from '../../dns/iana.ts'
import { codeOf } from '../../dns/rdata/codecs.ts'
import { type Answer, type Handler, isRelayed, unpack } from '../../plugin/handler.ts'
import { mapMaybe } from '../../util/maybe-promise.ts'

/** Leaves out of positive answers what nobody asked for (CoreDNS plugin/minimal). */
export const minimal: Handler = {
  name: 'minimal',
  serve(query, next) {
    if (query.qtype === TYPE.AXFR || query.qtype === TYPE.IXFR) return next(query)
    return mapMaybe(next(query), minimized)
  },
}

function minimized(answer: Answer): Answer {
  const { answers, authority, additional } = typesOf(answer)
  const isPositive = answers > 0 || !(authority.includes(TYPE.SOA) || authority.includes(TYPE.NS))
  if (answer.rcode !== 'NOERROR' || !isPositive || authority.length + additional === 0) return answer
  return { ...unpack(answer), authority: [], additional: [] }
}

interface Types {
  readonly answers: number
  /** Codes of its types. */
  readonly authority: readonly number[]
  readonly additional: number
}

function typesOf(answer: Answer): Types {
  if (!isRelayed(answer)) {
    const authority = answer.authority.map(({ type }) => codeOf(type))
    return { answers: answer.answer.length, authority, additional: answer.additional.length }
  }
  const { records } = answer.message
  const count = (section: string) => records.filter((record) => record.section === section).length
  const authority = records.flatMap(({ section, type }) => (section === 'authority' ? [type] : []))
  return { answers: count('answer'), authority, additional: count('additional') }
}
