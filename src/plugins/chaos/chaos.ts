import { CLASS, TYPE } from '../../dns/iana.ts'
import { type Name, parseName } from '../../dns/name.ts'
import type { Handler, RecordsAnswer } from '../../plugin/handler.ts'

export interface ChaosConfig {
  readonly version: string
  readonly authors: readonly string[]
  readonly hostname: string
}

/** Tells of the server itself, in class CH (RFC 4892, CoreDNS plugin/chaos). */
export function chaos({ version, authors, hostname }: ChaosConfig): Handler {
  const texts = new Map<Name, readonly string[]>([
    [parseName('version.bind'), [version]],
    [parseName('version.server'), [version]],
    [parseName('hostname.bind'), [hostname]],
    [parseName('id.server'), [hostname]],
    [parseName('authors.bind'), authors],
  ])
  return {
    name: 'chaos',
    serve(query, next) {
      const found = query.qclass === CLASS.CH && query.qtype === TYPE.TXT ? texts.get(query.qname) : undefined
      return found === undefined ? next(query) : answerOf(query.qname, found)
    },
  }
}

function answerOf(owner: Name, texts: readonly string[]): RecordsAnswer {
  const rdata = texts.map((text) => ({ strings: [octetsOf(text)] }))
  return {
    rcode: 'NOERROR',
    authoritative: false,
    answer: rdata.length === 0 ? [] : [{ owner, type: 'TXT', ttl: 0, rdata }],
    authority: [],
    additional: [],
    validity: { kind: 'until-changed', tags: [] },
  }
}

/** RFC 1035 section 3.3.14. */
const maximumStringOctets = 255

function octetsOf(text: string): string {
  return Buffer.from(text).toString('latin1').slice(0, maximumStringOctets)
}
