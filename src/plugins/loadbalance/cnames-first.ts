import { TYPE } from '../../dns/iana.ts'
import { type Answer, isRelayed, unpack } from '../../plugin/handler.ts'

/** The answer with its CNAMEs before what they lead to: there are stubs that read it once, from the top. */
export function cnamesFirst(answer: Answer): Answer {
  if (isInOrder(answer)) return answer
  const records = unpack(answer)
  const cnames = records.answer.filter(({ type }) => type === 'CNAME')
  const others = records.answer.filter(({ type }) => type !== 'CNAME')
  return { ...records, answer: [...cnames, ...others] }
}

/** Almost all are: nothing is taken apart for it. */
function isInOrder(answer: Answer): boolean {
  let isBehind = false
  for (const { type } of isRelayed(answer) ? answer.message.records : answer.answer) {
    const isCname = type === TYPE.CNAME || type === 'CNAME'
    if (isCname && isBehind) return false
    if (!isCname) isBehind = true
  }
  return true
}
