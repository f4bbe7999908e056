/**
 * hosts: answers with what a hosts file says, and what stands in the Corefile itself (CoreDNS plugin/hosts).
 */
import { TYPE } from '../../dns/iana.ts'
import { longestZone } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { addressOfReverseName } from '../../dns/reverse.ts'
import { addressRRset } from '../../plugin/cluster-records.ts'
import type { Answer, Handler, Query, RecordsAnswer } from '../../plugin/handler.ts'
import { mapMaybe } from '../../util/maybe-promise.ts'
import type { HostsConfig } from './config.ts'
import type { HostsFile } from './hosts-file.ts'
import * as reasons from './reasons.ts'

/** @param tags of answers that another content of the file would make others; what is passed on among them */
export function hosts(config: HostsConfig, file: HostsFile, tags: readonly string[]): Handler {
  const validity = { kind: 'until-changed', tags } as const
  const rest = { authority: [], additional: [], validity }
  return {
    name: 'hosts',
    serve(query, next) {
      const found = lookup(config, file, query)
      if (found === 'pass')
        return tags.length === 0 ? next(query) : mapMaybe(next(query), (answer) => tagged(answer, tags))
      const named = { file: config.file }
      if (found === 'unknown') {
        // Without an SOA record there is no NXDOMAIN that anybody might keep: so it is in CoreDNS.
        const failed = { ...rest, rcode: 'SERVFAIL', authoritative: false, answer: [], unwritten: 'code' } as const
        return { ...failed, trace: [reasons.noSuchHost(named)] }
      }
      const trace = [found.length === 0 ? reasons.hostWithoutType(named) : reasons.host(named)]
      const answer: RecordsAnswer = { ...rest, rcode: 'NOERROR', authoritative: true, answer: found, trace }
      return answer
    },
  }
}

/** The records; none: there is such a host. */
function lookup(config: HostsConfig, file: HostsFile, query: Query): 'pass' | 'unknown' | readonly RRset[] {
  const { qname, qtype } = query
  if (qtype === TYPE.PTR) return pointers(config, file, query) // whatever the zones are
  if (longestZone(qname, config.zones) === undefined) return 'pass'
  const isPassed = longestZone(qname, config.fallthrough) !== undefined
  if (qtype !== TYPE.A && qtype !== TYPE.AAAA && config.passesOtherTypes && isPassed) return 'pass'
  const addresses = [...file.addressesOf(4, qname), ...file.addressesOf(6, qname)]
  if (addresses.length > 0) return addressRRset(qtype, qname, addresses, config.ttl)
  return isPassed ? 'pass' : 'unknown'
}

function pointers({ ttl }: HostsConfig, file: HostsFile, { qname: owner }: Query): 'pass' | readonly RRset[] {
  const address = addressOfReverseName(owner)
  const names = address === undefined ? [] : file.namesOf(address)
  if (names.length === 0) return 'pass'
  return [{ owner, type: 'PTR', ttl, rdata: [...new Set(names)].map((target) => ({ target })) }]
}

function tagged(answer: Answer, tags: readonly string[]): Answer {
  const { validity } = answer
  return validity.kind === 'once' ? answer : { ...answer, validity: { ...validity, tags: [...validity.tags, ...tags] } }
}
