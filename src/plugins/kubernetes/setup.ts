import {
  noArguments,
  notSupportedYet,
  oneArgument,
  onlyOccurrence,
  type Property,
  readInteger,
  readZones,
  someArguments,
  walkProperties,
} from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Directive, ServerBlock } from '../../corefile/model.ts'
import { labelsOf, maxNameOctets, type Name, root } from '../../dns/name.ts'
import { isReverseName } from '../../dns/reverse.ts'
import type { Setup } from '../../plugin/setup.ts'
import { defaultTtl, type KubernetesConfig, maximumTtl } from './config.ts'
import { kubernetes } from './kubernetes.ts'

/** `kubernetes [ZONES…] { ttl, pods, endpoint_pod_names, fallthrough, namespaces }`. */
export const setupKubernetes: Setup = (occurrences, context) => {
  const config = readConfig(onlyOccurrence(occurrences), context.serverBlock)
  return { handler: kubernetes(config, context) }
}

/** @throws CorefileError */
export function readConfig(directive: Directive, serverBlock: ServerBlock): KubernetesConfig {
  const zones = readZones(directive.args, serverBlock)
  const primaryZone = zones.find((zone) => !isReverseName(zone))
  if (primaryZone === undefined) throw new CorefileError(directive, 'non-reverse zone name must be used')
  for (const zone of zones) checkLength(zone, directive)
  return { zones, primaryZone, ...readOptions(directive, serverBlock) }
}

/** The names of every zone's SOA record stand below the zone, and must fit. */
function checkLength(zone: Name, directive: Directive): void {
  const octets = labelsOf(zone).reduce((sum, label) => sum + label.length + 1, 1)
  const limit = maxNameOctets - 'hostmaster.'.length
  if (octets > limit) throw new CorefileError(directive, `zone ${zone} has ${octets} octets, at most ${limit} may be`)
}

type Options = Omit<KubernetesConfig, 'zones' | 'primaryZone'>

function readOptions(directive: Directive, serverBlock: ServerBlock): Options {
  let options: Options = {
    ttl: defaultTtl,
    pods: 'disabled',
    endpointPodNames: false,
    fallthrough: [],
    namespaces: undefined,
  }
  const set = (change: Partial<Options>) => {
    options = { ...options, ...change }
  }
  walkProperties(directive, {
    ttl: (property) => set({ ttl: readTtl(property) }),
    pods: (property) => set({ pods: readPodsMode(property) }),
    endpoint_pod_names: (property) => {
      noArguments(property)
      set({ endpointPodNames: true })
    },
    fallthrough: (property) => set({ fallthrough: readFallthrough(property, serverBlock) }),
    namespaces: (property) => {
      const names = someArguments(property, { min: 1 }).map(({ text }) => text)
      set({ namespaces: new Set([...(options.namespaces ?? []), ...names]) })
    },
    ...Object.fromEntries(laterOptions.map((name) => [name, notSupportedYet])),
  })
  return options
}

/** What CoreDNS's plugin has beyond this one. */
const laterOptions = [
  'apiserver_burst',
  'apiserver_max_inflight',
  'apiserver_qps',
  'endpoint',
  'ignore',
  'kubeconfig',
  'labels',
  'multicluster',
  'namespace_labels',
  'noendpoints',
  'startup_timeout',
  'tls',
  'zonal',
]

function readTtl(property: Property): number {
  const token = oneArgument(property)
  const ttl = readInteger(token)
  if (ttl < 0 || ttl > maximumTtl) throw new CorefileError(token, `ttl must be in range [0, ${maximumTtl}]: ${ttl}`)
  return ttl
}

function readPodsMode(property: Property): KubernetesConfig['pods'] {
  const token = oneArgument(property)
  const { text } = token
  if (text === 'disabled' || text === 'insecure' || text === 'verified') return text
  throw new CorefileError(token, `wrong value for pods: ${text},  must be one of: disabled, verified, insecure`)
}

function readFallthrough(property: Property, serverBlock: ServerBlock): readonly Name[] {
  return property.args.length === 0 ? [root] : readZones(property.args, serverBlock)
}
