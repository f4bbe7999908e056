import { kubernetesConfigs } from '../../../src/cli/configuration.ts'
import type { Needs } from '../../../src/cluster/live/resources.ts'
import { parseCorefile } from '../../../src/corefile/parser.ts'
import { clusterNeeds } from '../../../src/plugins/kubernetes/needs.ts'
import { pluginOrder } from '../../../src/plugins/order.ts'
import { memoryIo } from '../../corefile/memory-io.ts'

/** What a Corefile has to be answered from. */
export function needsOf(corefile: string): Needs {
  const directiveNames = pluginOrder.map(({ name }) => name)
  return clusterNeeds(kubernetesConfigs(parseCorefile(corefile, 'Corefile', memoryIo(), { directiveNames })))
}
