import { isIP } from 'node:net'
import type { Address, EndpointSlice, Service } from '../../cluster/model.ts'
import type { Label, Name } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { reverseName } from '../../dns/reverse.ts'
import { readyAddresses, tryServiceName } from './backends.ts'
import type { ZoneFacts } from './records.ts'
import { servicesAt, slicesAt, type View } from './view.ts'

/** Who has an address, as of one moment. */
interface Holding {
  readonly address: Address
  readonly service: Service | undefined
  readonly slices: readonly EndpointSlice[]
}

/** The PTR records of all addresses; who has one is looked up now, its records are made when they are read. */
export function pointerRecords(view: View, facts: ZoneFacts): Iterable<RRset> {
  const addresses = [...new Set(view.cluster.addresses())].filter((address) => isIP(address) !== 0).sort()
  const holdings = addresses.map((address) => {
    const [service] = servicesAt(view, address)
    return { address, service, slices: service === undefined ? slicesAt(view, address) : [] }
  })
  return recordsOf(holdings, view, facts)
}

/** What reverse.ts answers: a Service that has the address as its cluster IP, or else endpoints. */
function* recordsOf(holdings: readonly Holding[], { config }: View, { ttl }: ZoneFacts): Generator<RRset, void> {
  const labelsIn = createLabelReader(config.endpointPodNames)
  for (const { address, service, slices } of holdings) {
    const endpoints = slices.flatMap((slice) => endpointNames(slice, labelsIn(slice, address), config.primaryZone))
    const names = service === undefined ? new Set(endpoints) : [tryServiceName(service, config.primaryZone)]
    const rdata = [...names].flatMap((target) => (target === undefined ? [] : [{ target }]))
    if (rdata.length > 0) yield { owner: reverseName(address), type: 'PTR', ttl, rdata }
  }
}

/** A slice of no Service gives its endpoints no name; nor has one a name that does not fit in 255 octets. */
function endpointNames({ namespace, serviceName: name }: EndpointSlice, labels: readonly Label[], zone: Name): Name[] {
  return name === undefined ? [] : labels.flatMap((label) => tryServiceName({ namespace, name }, zone, [label]) ?? [])
}

/** Reads each slice once, however many of its addresses are asked for. */
function createLabelReader(endpointPodNames: boolean): (slice: EndpointSlice, address: Address) => readonly Label[] {
  const bySlice = new Map<EndpointSlice, ReadonlyMap<Address, readonly { readonly label: Label }[]>>()
  return (slice, address) => {
    const known = bySlice.get(slice)
    const byAddress = known ?? Map.groupBy(readyAddresses(slice, endpointPodNames), (ready) => ready.address)
    if (known === undefined) bySlice.set(slice, byAddress)
    return (byAddress.get(address) ?? []).map(({ label }) => label)
  }
}
