import type { Finding } from './finding.ts'
import type { Overview } from './overview.ts'
import { listed } from './words.ts'

/** Told once: headless Services that have no records here, since no Pods are made of the workloads they select. */
export function podsNotSimulated(overview: Overview): Finding[] {
  const waiting = overview.services.filter((service) => {
    if (!service.object.headless || overview.suppliesOf(service).length > 0) return false
    const selected = overview.selectedBy(service)
    return selected.length > 0 && selected.every(({ workload }) => workload !== undefined)
  })
  const [first] = waiting
  if (first === undefined) return []
  const names = listed(waiting.map(({ namespace, name }) => `${namespace}/${name}`))
  const plural = waiting.length > 1
  return [
    {
      at: first.at,
      found: `headless Service${plural ? 's' : ''} ${names} select${plural ? '' : 's'} Pods of workloads, of which none are made here yet`,
      effect: `${plural ? 'their names do' : 'its name does'} not exist`,
      remedy: 'put the Pods or EndpointSlices beside the workloads',
    },
  ]
}
