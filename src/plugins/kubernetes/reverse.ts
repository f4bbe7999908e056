import type { Address } from '../../cluster/model.ts'
import { addressTag, anyTag } from '../../cluster/tags.ts'
import type { Name } from '../../dns/name.ts'
import { addressOfReverseName, spellsBelow } from '../../dns/reverse.ts'
import { readyAddresses, serviceName } from './backends.ts'
import type { Finding } from './node.ts'
import { isListed, type View } from './view.ts'

/** What stands at a name in a reverse zone (DNS specification 2.3.3, 2.4.3). */
export function findReverse(view: View, name: Name): Finding {
  const address = addressOfReverseName(name)
  if (address === undefined) return findAbove(view, name)
  const targets = pointersTo(view, address)
  return {
    node: targets.length === 0 ? { kind: 'missing' } : { kind: 'pointers', targets },
    tags: [addressTag(address)],
  }
}

/** A Service that has the address as its cluster IP comes before endpoints, the first one alone, as in CoreDNS. */
function pointersTo({ config, cluster }: View, address: Address): readonly Name[] {
  const service = cluster.servicesAt(address).find(({ namespace }) => isListed(config, namespace))
  if (service !== undefined) return [serviceName(service, config.primaryZone)]
  const targets = cluster
    .slicesAt(address)
    .filter(({ namespace }) => isListed(config, namespace))
    .flatMap((slice) => {
      const { namespace, serviceName: name } = slice
      // A slice of no Service gives its endpoints no name.
      if (name === undefined) return []
      return readyAddresses(slice, config.endpointPodNames)
        .filter((ready) => ready.address === address)
        .map(({ label }) => serviceName({ namespace, name }, config.primaryZone, [label]))
    })
  return [...new Set(targets)]
}

/** A name that spells only the end of an address exists where a whole one below it does (RFC 8020); CoreDNS denies it. */
function findAbove(view: View, name: Name): Finding {
  const isBelow = spellsBelow(name)
  if (isBelow === undefined) return { node: { kind: 'missing' }, tags: [] }
  const hasBelow = view.cluster.addresses().some((address) => isBelow(address) && pointersTo(view, address).length > 0)
  return { node: { kind: hasBelow ? 'empty' : 'missing' }, tags: [anyTag] }
}
