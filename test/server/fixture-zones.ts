import { join } from 'node:path'
import { readManifests } from '../../src/cluster/manifests/read.ts'
import { kinds } from '../../src/cluster/model.ts'
import { ClusterStore } from '../../src/cluster/store.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { buildGroups } from '../../src/server/build.ts'
import type { Zones } from '../../src/server/zones.ts'
import { silentLogger } from '../../src/util/log.ts'
import { memoryIo } from '../corefile/memory-io.ts'

/** Without loadbalance, so that two answers to one question are equal octet for octet. */
const corefile = 'cluster.local in-addr.arpa ip6.arpa {\n  errors\n  kubernetes\n}\n'

const clock = { now: () => 1000 }

/** The zones that serve the cluster of `fixtures/NAME`. */
export async function fixtureZones(name: string): Promise<Zones> {
  const { objects } = await readManifests([join(import.meta.dirname, '../../fixtures', name)])
  const cluster = new ClusterStore(clock)
  cluster.replace(kinds, objects)
  const context = { cluster, log: silentLogger, clock, listen: [], localAddresses: ['192.0.2.53'] }
  const [group] = buildGroups(parseCorefile(corefile, 'Corefile', memoryIo()), context)
  if (group === undefined) throw new Error('a server block makes a group')
  return group.zones
}
