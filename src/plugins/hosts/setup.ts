import {
  noArguments,
  onlyOccurrence,
  type Property,
  properties,
  readZones,
  unknownProperty,
} from '../../corefile/directive-reader.ts'
import { parseDuration } from '../../corefile/duration.ts'
import { CorefileError, ValueSyntaxError } from '../../corefile/errors.ts'
import { tryParseInteger } from '../../corefile/integer.ts'
import type { Directive, Token } from '../../corefile/model.ts'
import { type Name, root } from '../../dns/name.ts'
import { underRoot } from '../../plugin/root-path.ts'
import type { Setup, SetupContext } from '../../plugin/setup.ts'
import { messageOf } from '../../util/errors.ts'
import type { HostsConfig } from './config.ts'
import { parseHostAddress } from './host-map.ts'
import { hosts } from './hosts.ts'
import { HostsFile } from './hosts-file.ts'
import { hostsGauges } from './metrics.ts'

const defaultFile = '/etc/hosts'
const defaults = {
  inline: [],
  ttl: 3600,
  hasReverse: true,
  reloadMs: 5000,
  fallthrough: [],
  passesOtherTypes: false,
} as const

/** `hosts [FILE [ZONES…]] { LINES; ttl N; no_reverse; reload D; fallthrough [ZONES…]; fallthrough_unsupported }`. */
export const setupHosts: Setup = (occurrences, context) => {
  const config = readConfig(onlyOccurrence(occurrences), context)
  const { files, timer, metrics } = context
  const tags = config.reloadMs === 0 ? [] : [`hosts:${config.file}`]
  const gauges = hostsGauges(metrics)
  const file = new HostsFile({
    config,
    files,
    timer,
    onRead: (stat, entries) => gauges(config.file, stat, entries),
    onChange: () => context.invalidate(tags),
  })
  return { handler: hosts(config, file, tags), service: file }
}

function readConfig(directive: Directive, context: SetupContext): HostsConfig {
  const [path, ...zones] = directive.args
  const file = path === undefined ? defaultFile : underRoot(context, path.text)
  if (path !== undefined) checkFile(file, path, context)
  let config: HostsConfig = { ...defaults, file, zones: readZones(zones, context.serverBlock) }
  for (const property of properties(directive)) config = { ...config, ...readProperty(property, config, context) }
  if (config.passesOtherTypes && config.fallthrough.length === 0) {
    throw new CorefileError(directive, 'fallthrough_unsupported requires fallthrough')
  }
  return config
}

/** A file may come later: then it is read when it is there. */
function checkFile(file: string, token: Token, { files, log }: SetupContext): void {
  try {
    const stat = files.stat(file)
    if (stat === undefined) log.warning(`plugin/hosts: File does not exist: ${file}`)
    if (stat?.isDirectory) log.warning(`plugin/hosts: Hosts file ${JSON.stringify(file)} is a directory`)
  } catch (error) {
    const message = `unable to access hosts file '${file}': ${messageOf(error)}`
    throw new CorefileError(token, message, { cause: error })
  }
}

type Reader = (property: Property, context: SetupContext) => Partial<HostsConfig>

const readers: Readonly<Record<string, Reader>> = {
  fallthrough: (property, { serverBlock }) => ({ fallthrough: readFallthrough(property, serverBlock) }),
  fallthrough_unsupported(property) {
    noArguments(property)
    return { passesOtherTypes: true }
  },
  no_reverse(property) {
    noArguments(property)
    return { hasReverse: false }
  },
  reload: (property) => ({ reloadMs: readReload(property) }),
  ttl: (property) => ({ ttl: readTtl(property) }),
}

/** Any other line is one of the hosts file, up to `fallthrough`. */
function readProperty(property: Property, config: HostsConfig, context: SetupContext): Partial<HostsConfig> {
  const read = Object.hasOwn(readers, property.name) ? readers[property.name] : undefined
  if (read !== undefined) return read(property, context)
  if (config.fallthrough.length > 0) throw unknownProperty(property, Object.keys(readers))
  if (parseHostAddress(property.name) === undefined) {
    const where = `${property.file}:${property.line}`
    context.log.warning(
      `plugin/hosts: ${where}: passed over, for '${property.name}' is neither an address nor an option`,
    )
  }
  return { inline: [...config.inline, [property.name, ...property.args.map(({ text }) => text)].join(' ')] }
}

function readFallthrough({ args }: Property, serverBlock: SetupContext['serverBlock']): Name[] {
  return args.length === 0 ? [root] : readZones(args, serverBlock)
}

const maximumHostsTtl = 65_535

function readTtl(property: Property): number {
  const [token] = property.args
  if (token === undefined) throw new CorefileError(property, 'ttl needs a time in second')
  const ttl = tryParseInteger(token.text)
  if (ttl === undefined) throw new CorefileError(token, 'ttl needs a number of second')
  if (ttl <= 0 || ttl > maximumHostsTtl) throw new CorefileError(token, 'ttl provided is invalid')
  return ttl
}

function readReload(property: Property): number {
  const [token, ...more] = property.args
  if (token === undefined || more.length > 0) {
    throw new CorefileError(property, 'reload needs a duration (zero seconds to disable)')
  }
  try {
    const ms = parseDuration(token.text)
    if (ms >= 0) return ms
  } catch (error) {
    if (!(error instanceof ValueSyntaxError)) throw error
    throw new CorefileError(token, `invalid duration for reload '${token.text}'`, { cause: error })
  }
  throw new CorefileError(token, `invalid negative duration for reload '${token.text}'`)
}
