import {
  maximumRegexOctets,
  onlyOccurrence,
  type Property,
  readDuration,
  readRegex,
  readZones,
  walkProperties,
  wrongArguments,
} from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Directive } from '../../corefile/model.ts'
import { underRoot } from '../../plugin/root-path.ts'
import type { Setup, SetupContext } from '../../plugin/setup.ts'
import { serveZones } from '../../plugin/zone/serve-zones.ts'
import { transferSource } from '../../plugin/zone/transfer.ts'
import { messageOf } from '../../util/errors.ts'
import { AutoZones, zonesTag } from './auto.ts'
import { type AutoConfig, autoDefaults } from './config.ts'

/** `auto [ZONES…] { directory DIR [REGEXP ORIGIN_TEMPLATE]; reload DURATION }`. */
export const setupAuto: Setup = (occurrences, context) => {
  const { log, offers, resolve } = context
  const directive = onlyOccurrence(occurrences)
  const config = readConfig(directive, context)
  if (!isThere(config.folder, directive, context))
    log.warning(`plugin/auto: Directory does not exist: ${config.folder}`)
  const auto = new AutoZones(config, context)
  const { zones } = auto
  offers.transfers.push(transferSource(zones))
  return {
    handler: serveZones({ plugin: 'auto', zones, zonesTag, within: config.within, fallthrough: [], resolve }),
    service: auto,
  }
}

/** @throws CorefileError in the words of CoreDNS, where it has some */
export function readConfig(
  directive: Directive,
  { serverBlock, offers }: Pick<SetupContext, 'serverBlock' | 'offers'>,
): AutoConfig {
  const within = readZones(directive.args, serverBlock)
  let folder: Pick<AutoConfig, 'folder' | 'pattern' | 'template'> | undefined
  let { reloadMs } = autoDefaults
  walkProperties(directive, {
    directory: (property) => {
      const { path, ...naming } = readFolder(property)
      folder = { folder: underRoot({ offers }, path), ...naming }
    },
    reload: (property) => {
      reloadMs = readReload(property)
    },
    upstream: () => {}, // CoreDNS took it once, and takes it still
  })
  if (folder === undefined) throw new CorefileError(directive, "'directory' is required")
  return { within, ...folder, reloadMs }
}

/** @throws CorefileError that cannot be said */
function isThere(folder: string, directive: Directive, { files }: SetupContext): boolean {
  try {
    return files.stat(folder) !== undefined
  } catch (error) {
    const problem = `Unable to access root path '${folder}': ${messageOf(error)}`
    throw new CorefileError(directive, problem, { cause: error })
  }
}

function readFolder(property: Property): { path: string } & Pick<AutoConfig, 'pattern' | 'template'> {
  const [path, regex, template, ...more] = property.args
  if (path === undefined) throw wrongArguments(property)
  if (regex === undefined) return { path: path.text, pattern: autoDefaults.pattern, template: autoDefaults.template }
  if (Buffer.byteLength(regex.text) > maximumRegexOctets) throw new CorefileError(regex, 'regexp too large')
  const pattern = readRegex(regex)
  const hasGroup = pattern.groupNames.length > 1 // the first is the whole
  if (!hasGroup) throw new CorefileError(regex, 'Need at least one sub expression')
  if (template === undefined || more.length > 0) throw wrongArguments(property)
  return { path: path.text, pattern, template: template.text }
}

function readReload(property: Property): number {
  const [token, ...more] = property.args
  if (token === undefined) throw new CorefileError(property, 'reload duration value is expected')
  if (more.length > 0) throw wrongArguments(property)
  const reloadMs = readDuration(token)
  if (reloadMs < 0) throw new CorefileError(token, 'invalid duration')
  return reloadMs
}
