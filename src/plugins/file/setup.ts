/**
 * file: answers for zones that are read from master files (RFC 1035 section 5).
 *
 * How a zone is read, and read again when it has changed, and what is answered from it, is the same for every plugin with
 * such zones: plugin/zone/.
 */
import {
  noArguments,
  type Property,
  readDuration,
  readZones,
  walkProperties,
  wrongArguments,
} from '../../corefile/directive-reader.ts'
import { formatDuration } from '../../corefile/duration.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Directive } from '../../corefile/model.ts'
import { type Name, root } from '../../dns/name.ts'
import { underRoot } from '../../plugin/root-path.ts'
import type { Setup, SetupContext } from '../../plugin/setup.ts'
import { tellSecondaries } from '../../plugin/zone/notify.ts'
import { serveZones } from '../../plugin/zone/serve-zones.ts'
import { type FileZone, ServedZone } from '../../plugin/zone/served-zone.ts'
import { transferSource } from '../../plugin/zone/transfer.ts'
import { messageOf, ServerError } from '../../util/errors.ts'
import { defaultReloadMs, type FileConfig } from './config.ts'

/** `file DBFILE [ZONES…] { reload, reload_by_mtime, fallthrough }`, as often as wanted. */
export const setupFile: Setup = (occurrences, context) => {
  const { offers, resolve } = context
  const configs = occurrences.map((directive) => ({ directive, ...readConfig(directive, context) }))
  const zones = new Map<Name, ServedZone>()
  for (const { directive, zones: ofDirective } of configs) {
    for (const config of ofDirective) zones.set(config.origin, load(config, directive, context))
  }
  offers.transfers.push(transferSource(zones))
  // The last one counts for all, as in CoreDNS.
  const fallthrough = configs.findLast((config) => config.fallthrough !== undefined)?.fallthrough ?? []
  return {
    handler: serveZones({ plugin: 'file', zones, fallthrough, resolve }),
    service: {
      start() {
        for (const [origin, served] of zones) {
          served.start()
          if (served.zone !== undefined) tellSecondaries(origin, { plugin: 'file', ...context })
        }
      },
      stop() {
        for (const zone of zones.values()) zone.stop()
      },
    },
  }
}

/** @throws CorefileError */
export function readConfig(
  directive: Directive,
  { serverBlock, offers }: Pick<SetupContext, 'serverBlock' | 'offers'>,
): FileConfig {
  const [path, ...args] = directive.args
  if (path === undefined) throw wrongArguments(directive)
  const origins = readZones(args, serverBlock)
  let options: Pick<FileZone, 'reloadMs' | 'byModificationTime'> = {
    reloadMs: defaultReloadMs,
    byModificationTime: false,
  }
  let fallthrough: readonly Name[] | undefined
  walkProperties(directive, {
    reload: (property) => {
      options = { ...options, reloadMs: readReload(property) }
    },
    reload_by_mtime: (property) => {
      noArguments(property)
      options = { ...options, byModificationTime: true }
    },
    upstream: () => {}, // CoreDNS took it once, and takes it still
    fallthrough: (property) => {
      fallthrough = property.args.length === 0 ? [root] : readZones(property.args, serverBlock)
    },
  })
  return {
    zones: origins.map((origin) => ({ origin, path: underRoot({ offers }, path.text), ...options })),
    fallthrough,
  }
}

function readReload(property: Property): number {
  const [token, ...more] = property.args
  if (token === undefined) throw new CorefileError(property, 'reload duration value is expected')
  if (more.length > 0) throw wrongArguments(property)
  const reloadMs = readDuration(token)
  if (reloadMs < 0) throw new CorefileError(token, `reload duration is below zero: ${token.text}`)
  return reloadMs
}

/** @throws CorefileError it is no zone file, or is not there and will not be looked for again */
function load(config: FileZone, directive: Directive, context: SetupContext): ServedZone {
  const { log } = context
  const onNewVersion = (origin: Name) => tellSecondaries(origin, { plugin: 'file', ...context })
  const served = new ServedZone(config, { plugin: 'file', ...context, onNewVersion })
  try {
    served.load((problem) => {
      if (config.reloadMs === 0) throw new CorefileError(directive, problem)
      const again = formatDuration(config.reloadMs)
      log.warning(`plugin/file: Failed to open ${JSON.stringify(problem)}: trying again in ${again}`)
    })
  } catch (error) {
    if (!(error instanceof ServerError) || error instanceof CorefileError) throw error
    throw new CorefileError(directive, messageOf(error), { cause: error })
  }
  return served
}
