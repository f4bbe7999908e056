import {
  noArguments,
  oneArgument,
  onlyOccurrence,
  type Property,
  readInteger,
  readZones,
  walkProperties,
} from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Directive, ServerBlock } from '../../corefile/model.ts'
import { type Label, labelsOf, maxNameOctets, type Name, root, tryParseName } from '../../dns/name.ts'
import { isReverseName } from '../../dns/reverse.ts'
import type { Setup } from '../../plugin/setup.ts'
import { defaultApex, defaultTtl, type ExternalConfig, maximumTtl } from './config.ts'
import { external } from './external.ts'
import { transferSource } from './transfer.ts'

/** `k8s_external [ZONES…] { apex, ttl, headless, fallthrough }`, in a block with `kubernetes`. */
export const setupExternal: Setup = (occurrences, context) => {
  const directive = onlyOccurrence(occurrences)
  const config = readConfig(directive, context.serverBlock)
  if (!context.serverBlock.directives.some(({ name }) => name === 'kubernetes')) {
    throw new CorefileError(directive, 'kubernetes plugin not loaded')
  }
  const { offers, resolve } = context
  offers.transfers.push(transferSource(config, offers))
  return { handler: external(config, { offers, resolve }) }
}

/** @throws CorefileError */
export function readConfig(directive: Directive, serverBlock: ServerBlock): ExternalConfig {
  const zones = readZones(directive.args, serverBlock)
  const options = readOptions(directive, serverBlock)
  for (const zone of zones) checkLength(zone, options.apex, directive)
  return { zones, primaryZone: zones.find((zone) => !isReverseName(zone)) ?? zones[0] ?? root, ...options }
}

type Options = Omit<ExternalConfig, 'zones' | 'primaryZone'>

function readOptions(directive: Directive, serverBlock: ServerBlock): Options {
  let options: Options = { apex: defaultApex, ttl: defaultTtl, headless: false, fallthrough: [] }
  const set = (change: Partial<Options>) => {
    options = { ...options, ...change }
  }
  walkProperties(directive, {
    apex: (property) => set({ apex: readApex(property) }),
    ttl: (property) => set({ ttl: readTtl(property) }),
    headless: (property) => {
      noArguments(property)
      set({ headless: true })
    },
    fallthrough: (property) => set({ fallthrough: readFallthrough(property, serverBlock) }),
  })
  return options
}

function readApex(property: Property): Label {
  const token = oneArgument(property)
  const name = tryParseName(token.text)
  const [label, ...more] = name === undefined ? [] : labelsOf(name)
  if (label === undefined || more.length > 0) throw new CorefileError(token, `apex is not one label: ${token.text}`)
  return label
}

function readTtl(property: Property): number {
  const token = oneArgument(property)
  const ttl = readInteger(token)
  if (ttl < 0 || ttl > maximumTtl) throw new CorefileError(token, `ttl must be in range [0, ${maximumTtl}]: ${ttl}`)
  return ttl
}

function readFallthrough(property: Property, serverBlock: ServerBlock): readonly Name[] {
  return property.args.length === 0 ? [root] : readZones(property.args, serverBlock)
}

/** The names of every zone's SOA record stand below the zone, and must fit. */
function checkLength(zone: Name, apex: Label, directive: Directive): void {
  const octets = labelsOf(zone).reduce((sum, label) => sum + label.length + 1, 1)
  const limit = maxNameOctets - 'hostmaster.'.length - apex.length - 1
  if (octets > limit) throw new CorefileError(directive, `zone ${zone} has ${octets} octets, at most ${limit} may be`)
}
