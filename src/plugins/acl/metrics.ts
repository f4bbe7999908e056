import type { Name } from '../../dns/name.ts'
import type { SetupContext } from '../../plugin/setup.ts'
import type { Counter } from '../../util/metrics.ts'
import type { AclAction } from './config.ts'

/** Under the names that CoreDNS has. */
export function aclCounters({
  metrics,
  serverLabel: server,
  viewLabel: view,
}: Pick<SetupContext, 'metrics' | 'serverLabel' | 'viewLabel'>): (action: AclAction, zone: Name) => Counter {
  const labels = ['server', 'zone', 'view']
  const family = (name: string, verb: string) =>
    metrics.counter({
      name: `coredns_acl_${name}_requests_total`,
      help: `Counter of DNS requests being ${verb}.`,
      labels,
    })
  const families = {
    block: family('blocked', 'blocked'),
    filter: family('filtered', 'filtered'),
    drop: family('dropped', 'dropped'),
  }
  const allowed = metrics.counter({
    name: 'coredns_acl_allowed_requests_total',
    help: 'Counter of DNS requests being allowed.',
    labels: ['server', 'view'],
  })
  return (action, zone) => (action === 'allow' ? allowed.of(server, view) : families[action].of(server, zone, view))
}
