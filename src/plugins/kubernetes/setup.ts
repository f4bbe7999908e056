import { onlyOccurrence, properties, readZones } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Directive, ServerBlock } from '../../corefile/model.ts'
import { labelsOf, maxNameOctets, type Name } from '../../dns/name.ts'
import { isReverseName } from '../../dns/reverse.ts'
import type { Setup } from '../../plugin/setup.ts'
import { searchPaths } from './autopath.ts'
import type { KubernetesConfig } from './config.ts'
import { externalSource } from './external.ts'
import { kubernetes } from './kubernetes.ts'
import { offerMetadata } from './metadata.ts'
import { readOptions } from './options.ts'
import { transferSource } from './transfer.ts'

/** `kubernetes [ZONES…] { … }`: options.ts has what may stand in the block. */
export const setupKubernetes: Setup = (occurrences, context) => {
  const directive = onlyOccurrence(occurrences)
  const config = readConfig(directive, context.serverBlock)
  for (const line of remarks(directive)) context.log.warning(`plugin/kubernetes: ${line}`)
  context.offers.transfers.push(transferSource({ config, ...context }))
  context.offers.external = externalSource({ config, ...context })
  context.offers.searchPaths.set('kubernetes', searchPaths({ config, ...context }))
  offerMetadata({ config, ...context }, context.offers)
  context.offers.probes.push({ name: 'kubernetes', isReady: () => context.cluster.isSynced })
  return { handler: kubernetes(config, context) }
}

/** @throws CorefileError */
export function readConfig(directive: Directive, serverBlock: ServerBlock): KubernetesConfig {
  const zones = readZones(directive.args, serverBlock)
  const primaryZone = zones.find((zone) => !isReverseName(zone))
  if (primaryZone === undefined) throw new CorefileError(directive, 'non-reverse zone name must be used')
  for (const zone of zones) checkLength(zone, directive)
  const hasMetadata = serverBlock.directives.some(({ name }) => name === 'metadata')
  return { zones, primaryZone, ...readOptions(directive, serverBlock, zones), ...(hasMetadata && { hasMetadata }) }
}

/** What is taken, but not as it was meant. */
function remarks(directive: Directive): readonly string[] {
  const lines = properties(directive)
  const several = lines.filter(({ name, args }) => name === 'endpoint' && args.length > 1)
  return several.map(
    ({ args }) =>
      `Multiple endpoints have been deprecated, only the first specified endpoint '${args[0]?.text}' is used`,
  )
}

/** The names of every zone's SOA record stand below the zone, and must fit. */
function checkLength(zone: Name, directive: Directive): void {
  const octets = labelsOf(zone).reduce((sum, label) => sum + label.length + 1, 1)
  const limit = maxNameOctets - 'hostmaster.'.length
  if (octets > limit) throw new CorefileError(directive, `zone ${zone} has ${octets} octets, at most ${limit} may be`)
}
