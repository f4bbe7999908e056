import { ClusterStore } from '../../src/cluster/store.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import type { Endpoint } from '../../src/plugin/endpoint.ts'
import { pluginOrder } from '../../src/plugins/order.ts'
import { buildGroups } from '../../src/server/build.ts'
import { endpointsOf } from '../../src/server/server.ts'
import { silentLogger } from '../../src/util/log.ts'
import { memoryIo } from '../corefile/memory-io.ts'

const clock = { now: () => 1000 }

/** What a Corefile has told over HTTP, of this cluster. */
export function buildEndpoints(corefile: string, cluster = new ClusterStore(clock)): readonly Endpoint[] {
  const parsed = parseCorefile(corefile, 'Corefile', memoryIo(), {
    directiveNames: pluginOrder.map(({ name }) => name),
  })
  return endpointsOf(buildGroups(parsed, { cluster, log: silentLogger, clock, listen: [] }))
}

/** A cluster of which nothing has been read yet. */
export function unsyncedCluster(): ClusterStore {
  const cluster = new ClusterStore(clock)
  cluster.expectSync()
  return cluster
}
