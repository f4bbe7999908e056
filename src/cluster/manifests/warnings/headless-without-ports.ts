import type { Finding } from './finding.ts'
import type { Overview } from './overview.ts'
import { serviceNameIn } from './words.ts'

/** Headless Services that list no port, and whose endpoints have none either. */
export function headlessWithoutPorts(overview: Overview): Finding[] {
  return overview.services.flatMap((service) => {
    const { object, namespace, name, ports, places } = service
    if (!object.headless || ports.length > 0 || hasSuppliedPorts()) return []
    return [
      {
        at: places.ports,
        found: `headless Service ${namespace}/${name} has no ports`,
        effect: `${serviceNameIn(overview.naming, service)} has addresses but no SRV records, and with some DNS providers it does not exist`,
        remedy: 'list the ports that its Pods listen on',
      },
    ]

    function hasSuppliedPorts(): boolean {
      return overview
        .suppliesOf(service)
        .flatMap((draft) => (draft.kind === 'Endpoints' ? draft.subsets : [draft.object]))
        .some((supply) => supply.ports.length > 0)
    }
  })
}
