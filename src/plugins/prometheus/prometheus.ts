import { longestZone, type Name, root } from '../../dns/name.ts'
import type { Observer, Watch } from '../../plugin/observer.ts'
import type { Offers } from '../../plugin/offers.ts'
import { QueryMetrics } from '../../plugin/query-metrics.ts'
import type { SetupContext } from '../../plugin/setup.ts'

export const name = 'prometheus'

export interface PrometheusContext extends Pick<SetupContext, 'metrics' | 'viewLabel'> {
  /** Read when answers come: its links are complete only after setup. */
  readonly offers: Pick<Offers, 'links' | 'addedZones'>
}

/**
 * Counts what a server block answers.
 *
 * @param zones those of the block's keys: each query is counted in the longest that it lies in, of these and the added ones
 */
export function prometheus(zones: readonly Name[], { metrics, offers, viewLabel: view }: PrometheusContext): Observer {
  const queryMetrics = new QueryMetrics(metrics)
  return {
    name,
    watch(facts) {
      if (facts.unwritten === 'panic') return countsNothing
      const zone = longestZone(facts.question.qname, [...zones, ...offers.addedZones]) ?? root
      return queryMetrics.watch({ zone, view, plugin: writer(offers) }, facts)
    },
  }
}

/** What a plugin broke down over is counted by the server. */
const countsNothing: Watch = () => {}

/**
 * The plugin that CoreDNS 1.14.7 says has written an answer: whichever comes behind `prometheus` in the chain, as all that
 * those below it write goes through its hands (plugin.go, pluginWriter). With kubeadm's Corefile that is `errors`.
 */
function writer({ links }: Pick<Offers, 'links'>): string {
  return links[links.indexOf(name) + 1] ?? ''
}
