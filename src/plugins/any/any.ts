import { TYPE } from '../../dns/iana.ts'
import type { RRset } from '../../dns/record.ts'
import type { Handler } from '../../plugin/handler.ts'

/** RFC 8482 section 4.2: one record, which is none of the name's. */
const rdata = { cpu: 'ANY obsoleted', os: 'See RFC 8482' }
const ttl = 8482

/** Answers questions of type ANY without looking anything up (CoreDNS plugin/any). */
export const any: Handler = {
  name: 'any',
  serve(query, next) {
    if (query.qtype !== TYPE.ANY) return next(query)
    const hinfo: RRset<'HINFO'> = { owner: query.qname, type: 'HINFO', ttl, rdata: [rdata] }
    return {
      rcode: 'NOERROR',
      authoritative: false,
      answer: [hinfo],
      authority: [],
      additional: [],
      validity: { kind: 'until-changed', tags: [] },
    }
  },
}
