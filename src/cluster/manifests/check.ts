import { type Steps, stepThrough } from '../../util/steps.ts'
import type { Draft, ServiceDraft } from './drafts.ts'
import { formatPlace, type Place, type Report } from './errors.ts'

/** Reports what is right in each object but not in all together: objects, addresses and node ports given twice. */
export function* checkTogether(drafts: readonly Draft[], report: Report): Steps<void> {
  const once = new Claims(report)
  yield* stepThrough(drafts, (draft) => once.claim(titleOf(draft), draft.at, () => 'is defined'))

  const services = drafts.filter((draft) => draft.kind === 'Service')
  const addresses = new Claims(report)
  yield* stepThrough(services, (service) => claimAddresses(service, addresses))
  const nodePorts = new Claims(report)
  yield* stepThrough(services, (service) => claimNodePorts(service, nodePorts))
}

/** `Service shop/web`, as messages name an object. */
export function titleOf(draft: Draft): string {
  return draft.kind === 'Namespace' ? `Namespace ${draft.name}` : `${draft.kind} ${draft.namespace}/${draft.name}`
}

function claimAddresses(service: ServiceDraft, claims: Claims): void {
  for (const [index, address] of service.object.clusterIPs.entries()) {
    const at = service.clusterIPsAt[index]
    if (at !== undefined) claims.claim(`clusterIP ${address}`, at, () => `is that of ${titleOf(service)}`)
  }
}

function claimNodePorts(service: ServiceDraft, claims: Claims): void {
  for (const { nodePort, protocol, at } of service.ports) {
    if (nodePort === undefined) continue
    claims.claim(`nodePort ${nodePort}/${protocol}`, at, () => `is that of ${titleOf(service)}`)
  }
}

/** What may be claimed once. */
class Claims {
  readonly #report: Report
  readonly #holders = new Map<string, { readonly at: Place; readonly words: () => string }>()

  constructor(report: Report) {
    this.#report = report
  }

  /** @param words what to say of this claim to one that comes later: `THING WORDS already, at PLACE` */
  claim(thing: string, at: Place, words: () => string): void {
    const holder = this.#holders.get(thing)
    if (holder === undefined) this.#holders.set(thing, { at, words })
    else this.#report(at, `${thing} ${holder.words()} already, at ${formatPlace(holder.at)}`)
  }
}
