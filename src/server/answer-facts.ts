import { TYPE } from '../dns/iana.ts'
import type { RRset } from '../dns/record.ts'
import { uint16At } from '../dns/wire/header.ts'
import { type Answer, isRelayed } from '../plugin/handler.ts'
import type { AnswerFacts } from '../plugin/observer.ts'
import type { Replied } from './encode-answer.ts'

/** What observers are told of an answer, which stays so as long as it is given again. */
export function factsOf({ question, answer }: Replied, response: Uint8Array): AnswerFacts {
  const { trace, unwritten, metadata } = answer
  const rcode = uint16At(response, 2) & 0x0f
  return { question, rcode, ...contentOf(answer), reason: trace?.at(-1)?.code, unwritten, metadata }
}

function contentOf(answer: Answer): Pick<AnswerFacts, 'answerCount' | 'authorityHasSoa' | 'authorityHasNs'> {
  if (isRelayed(answer)) {
    const { header, records } = answer.message
    const has = (type: number) => records.some((record) => record.section === 'authority' && record.type === type)
    return { answerCount: header.ancount, authorityHasSoa: has(TYPE.SOA), authorityHasNs: has(TYPE.NS) }
  }
  const has = (type: RRset['type']) => answer.authority.some((rrset) => rrset.type === type)
  return { answerCount: answer.answer.length, authorityHasSoa: has('SOA'), authorityHasNs: has('NS') }
}
