/**
 * acl: lets queries through, or not, by who asks and for what (CoreDNS plugin/acl).
 */
import { longestZone, type Name, root } from '../../dns/name.ts'
import { silence } from '../../plugin/chain.ts'
import { type Answer, countingReuse, type Handler, type Query, type Validity } from '../../plugin/handler.ts'
import { canonicalAddress, withoutZoneId } from '../../util/address.ts'
import { mapMaybe } from '../../util/maybe-promise.ts'
import type { Counter } from '../../util/metrics.ts'
import { networkContains } from '../../util/network.ts'
import type { AclAction, AclPolicy, AclRule } from './config.ts'
import * as reasons from './reasons.ts'

/** @param counterOf what counts an action in a zone */
export function acl(rules: readonly AclRule[], counterOf: (action: AclAction, zone: Name) => Counter): Handler {
  return {
    name: 'acl',
    serve(query, next) {
      const decision = decide(rules, query)
      const counter = counterOf(decision.action, decision.zone)
      const count = () => {
        counter.value++
      }
      const decided = (answer: Answer): Answer => {
        const counted = countingReuse(answer, count)
        return decision.dependsOnClient ? { ...counted, validity: { kind: 'once' } } : counted
      }
      count() // whatever becomes of it
      return decision.action === 'allow'
        ? mapMaybe(next(query), decided)
        : decided(refusal(decision.action, decision.zone))
    },
  }
}

interface Decision {
  readonly action: AclAction
  /** That of the rule that decided; the root if none did. */
  readonly zone: Name
  /** Another client might fare otherwise. */
  readonly dependsOnClient: boolean
}

function decide(rules: readonly AclRule[], query: Query): Decision {
  let dependsOnClient = false
  for (const { zones, policies } of rules) {
    const zone = longestZone(query.qname, zones)
    if (zone === undefined) continue
    for (const policy of policies) {
      if (policy.qtypes?.has(query.qtype) === false) continue
      if (policy.networks !== undefined) dependsOnClient = true
      if (holdsFor(policy, query)) return { action: policy.action, zone, dependsOnClient }
    }
  }
  return { action: 'allow', zone: root, dependsOnClient }
}

function holdsFor({ networks }: AclPolicy, { client }: Query): boolean {
  if (networks === undefined) return true
  const address = canonicalAddress(withoutZoneId(client.address))
  return networks.some((network) => networkContains(network, address))
}

const forAll: Validity = { kind: 'until-changed', tags: [] }
const empty = { authoritative: false, answer: [], authority: [], additional: [], validity: forAll } as const

function refusal(action: Exclude<AclAction, 'allow'>, zone: Name): Answer {
  if (action === 'drop') return { ...silence, trace: [reasons.dropped({ zone })] }
  if (action === 'block') return { ...empty, rcode: 'REFUSED', trace: [reasons.blocked({ zone })] }
  return { ...empty, rcode: 'NOERROR', trace: [reasons.filtered({ zone })] }
}
