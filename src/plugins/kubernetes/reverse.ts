import type { Address } from '../../cluster/model.ts'
import { addressTag, anyTag, namespaceTag, type Tag } from '../../cluster/tags.ts'
import type { Name } from '../../dns/name.ts'
import { addressOfReverseName, spellsBelow } from '../../dns/reverse.ts'
import type { Step } from '../../plugin/reason.ts'
import { readyAddresses, tryServiceName } from './backends.ts'
import { empty, type Finding, missing } from './node.ts'
import * as reasons from './reasons.ts'
import { servicesAt, slicesAt, type View } from './view.ts'

/** What stands at a name in a reverse zone (DNS specification 2.3.3, 2.4.3). */
export function findReverse(view: View, name: Name): Finding {
  const address = addressOfReverseName(name)
  if (address === undefined) return findAbove(view, name)
  const { targets, step } = pointersTo(view, address)
  const node = targets.length === 0 ? missing : ({ kind: 'pointers', targets } as const)
  return { node, tags: [addressTag(address), ...namespaceTags(view, address)], step }
}

interface Pointers {
  readonly targets: readonly Name[]
  readonly step: Step
}

/** A Service that has the address as its cluster IP comes before endpoints, the first one alone, as in CoreDNS. */
function pointersTo(view: View, address: Address): Pointers {
  const { primaryZone, endpointPodNames } = view.config
  const [service] = servicesAt(view, address)
  if (service !== undefined) {
    const step = reasons.reverseService({ address, service: `${service.namespace}/${service.name}` })
    const target = tryServiceName(service, primaryZone)
    return { targets: target === undefined ? [] : [target], step }
  }
  const targets = slicesAt(view, address).flatMap((slice) => {
    const { namespace, serviceName: name } = slice
    // A slice of no Service gives its endpoints no name.
    if (name === undefined) return []
    return readyAddresses(slice, endpointPodNames)
      .filter((ready) => ready.address === address)
      .flatMap(({ label }) => tryServiceName({ namespace, name }, primaryZone, [label]) ?? [])
  })
  if (targets.length === 0) return { targets, step: absence(view, address) }
  const distinct = [...new Set(targets)]
  return { targets: distinct, step: reasons.reverseEndpoints({ address, endpoints: distinct.length }) }
}

function absence(view: View, address: Address): Step {
  const unready = slicesAt(view, address).find(
    ({ serviceName: name, endpoints }) =>
      name !== undefined && endpoints.some(({ ready, addresses }) => !ready && addresses.includes(address)),
  )
  if (unready === undefined) return reasons.noSuchAddress({ address })
  return reasons.reverseNotReady({ address, service: `${unready.namespace}/${unready.serviceName}` })
}

/** Whose Namespace's labels the look-up went by, whether or not they let it through. */
function namespaceTags({ cluster }: View, address: Address): Tag[] {
  const objects = [...cluster.servicesAt(address), ...cluster.slicesAt(address)]
  return [...new Set(objects.map(({ namespace }) => namespaceTag(namespace)))]
}

/** A name that spells only the end of an address exists where a whole one below it does (RFC 8020); CoreDNS denies it. */
function findAbove(view: View, name: Name): Finding {
  const isBelow = spellsBelow(name)
  if (isBelow === undefined) return { node: missing, tags: [], step: reasons.reverseNoAddress({}) }
  const hasBelow = view.cluster
    .addresses()
    .some((address) => isBelow(address) && pointersTo(view, address).targets.length > 0)
  const step = hasBelow ? reasons.emptyNonTerminal({}) : reasons.reverseNoAddress({})
  return { node: hasBelow ? empty : missing, tags: [anyTag], step }
}
