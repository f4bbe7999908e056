import type { EdnsOption } from '../../dns/edns.ts'
import { EDNS_OPTION } from '../../dns/iana.ts'
import { type Answer, type Handler, isRelayed, type Query, requestOf } from '../../plugin/handler.ts'
import { mapMaybe } from '../../util/maybe-promise.ts'

/** Tells clients that ask for it which server answers (RFC 5001, CoreDNS plugin/nsid). */
export function nsid(data: Uint8Array): Handler {
  const option: EdnsOption = { code: EDNS_OPTION.NSID, data }
  return {
    name: 'nsid',
    serve(query, next) {
      const isAsked = asksForNsid(query)
      return mapMaybe(next(query), (answer) =>
        isAsked ? withOption(answer, option) : { ...answer, withoutOptions: true },
      )
    },
  }
}

function asksForNsid(query: Query): boolean {
  return requestOf(query).edns?.options?.some(({ code }) => code === EDNS_OPTION.NSID) === true
}

function withOption(answer: Answer, option: EdnsOption): Answer {
  const others = (optionsOf(answer) ?? []).filter(({ code }) => code !== option.code)
  return { ...answer, options: [...others, option], validity: { kind: 'once' } }
}

function optionsOf(answer: Answer): readonly EdnsOption[] | undefined {
  return answer.options ?? (isRelayed(answer) ? answer.message.opt?.options : undefined)
}
