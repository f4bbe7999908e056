import type { FileStat } from '../../plugin/setup.ts'
import type { Metrics } from '../../util/metrics.ts'

/** Tells of each reading of a file, under the names that CoreDNS has. */
export function hostsGauges(metrics: Metrics): (file: string, stat: FileStat, entries: number) => void {
  const entriesOf = metrics.gauge({
    name: 'coredns_hosts_entries',
    help: 'The combined number of entries in hosts and Corefile.',
    labels: ['hostsfile'],
  })
  const timestamp = metrics
    .gauge({
      name: 'coredns_hosts_reload_timestamp_seconds',
      help: 'The timestamp of the last reload of hosts file.',
    })
    .of()
  return (file, { modifiedMs }, entries) => {
    entriesOf.of(file).value = entries
    timestamp.value = modifiedMs / 1000
  }
}
