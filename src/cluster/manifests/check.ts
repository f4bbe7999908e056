import { type Steps, stepThrough } from '../../util/steps.ts'
import type { Draft, ServiceDraft } from './drafts.ts'
import { formatPlace, type Place, type Report } from './errors.ts'

/** Something that one object has, and no other may have. */
export interface Claim {
  readonly thing: string
  readonly at: Place
  /** What to say of it to a claim that comes later: `THING WORDS already, at PLACE`. */
  readonly words: () => string
}

/** Reports what is right in each object but not in all together: objects, addresses and node ports given twice. */
export function* checkTogether(claims: Iterable<readonly Claim[]>, report: Report): Steps<void> {
  const holders = new Map<string, Claim>()
  for (const ofFile of claims) {
    yield* stepThrough(ofFile, (claim) => {
      const holder = holders.get(claim.thing)
      if (holder === undefined) holders.set(claim.thing, claim)
      else report(claim.at, `${claim.thing} ${holder.words()} already, at ${formatPlace(holder.at)}`)
    })
  }
}

/** All that one file claims: as long as its text stays, this does. */
export function claimsOf(drafts: readonly Draft[]): Claim[] {
  return drafts.flatMap((draft) => [
    { thing: titleOf(draft), at: draft.at, words: () => 'is defined' },
    ...(draft.kind === 'Service' ? [...addressClaims(draft), ...nodePortClaims(draft)] : []),
  ])
}

/** `Service shop/web`, as messages name an object. */
export function titleOf(draft: Draft): string {
  return draft.kind === 'Namespace' ? `Namespace ${draft.name}` : `${draft.kind} ${draft.namespace}/${draft.name}`
}

function addressClaims(service: ServiceDraft): Claim[] {
  return service.object.clusterIPs.flatMap((address, index) => {
    const at = service.clusterIPsAt[index]
    return at === undefined
      ? []
      : [{ thing: `clusterIP ${address}`, at, words: () => `is that of ${titleOf(service)}` }]
  })
}

function nodePortClaims(service: ServiceDraft): Claim[] {
  return service.ports.flatMap(({ nodePort, protocol, at }) => {
    if (nodePort === undefined) return []
    return [{ thing: `nodePort ${nodePort}/${protocol}`, at, words: () => `is that of ${titleOf(service)}` }]
  })
}
