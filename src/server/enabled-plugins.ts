import type { Name } from '../dns/name.ts'
import type { Metrics } from '../util/metrics.ts'
import type { ServerGroup } from './server.ts'
import { serverLabel } from './server-label.ts'
import type { RunningBlock } from './zones.ts'

/**
 * Has metrics tell which plugins are in the chains, those of what was served before no longer: for each block that has
 * the plugin `prometheus`, at its first zone (CoreDNS, plugin/metrics/setup.go).
 */
export function tellEnabledPlugins(groups: readonly ServerGroup[]): void {
  for (const metrics of new Set(groups.map((group) => group.metrics))) enabledPlugins(metrics).clear()
  const told = new Set<RunningBlock>()
  for (const { zones } of groups) {
    for (const [zone, blocks] of zones) {
      for (const block of blocks) {
        if (!told.has(block) && block.plugins.includes('prometheus')) tell(groups, zone, block)
        told.add(block)
      }
    }
  }
}

function tell(groups: readonly ServerGroup[], zone: Name, block: RunningBlock): void {
  const view = block.view?.name ?? ''
  for (const { addresses, metrics } of groups.filter(({ zones }) => zones.get(zone)?.includes(block) === true)) {
    for (const address of addresses) {
      for (const name of block.plugins) enabledPlugins(metrics).of(serverLabel(address), zone, view, name).value = 1
    }
  }
}

function enabledPlugins(metrics: Metrics) {
  return metrics.gauge({
    name: 'coredns_plugin_enabled',
    help: 'Whether a plugin is in the chain of a server block: always 1.',
    labels: ['server', 'zone', 'view', 'name'],
  })
}
