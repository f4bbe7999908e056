import { readFileSync } from 'node:fs'
import { hashCorefile } from '../corefile/hash.ts'
import { type CorefileIo, fileIo } from '../corefile/io.ts'
import type { Corefile } from '../corefile/model.ts'
import { parseCorefile } from '../corefile/parser.ts'
import type { KubernetesConfig } from '../plugins/kubernetes/config.ts'
import { readConfig } from '../plugins/kubernetes/setup.ts'
import { pluginOrder } from '../plugins/order.ts'
import { defaultPort } from '../server/build.ts'
import { defaultCorefile } from '../server/default-corefile.ts'
import { messageOf, ServerError } from '../util/errors.ts'
import type { Logger } from '../util/log.ts'
import type { ConfigurationOptions } from './options.ts'

/** A Corefile that is read as often as it is asked for. */
export interface CorefileSource {
  /** As errors name it; relative imports start from its folder. */
  readonly file: string
  /** Where keys are served that name no port. */
  readonly defaultPort: number
  /** @throws ServerError `COREFILE_UNREADABLE` */
  readText(): string
}

/** The Corefile that the options name, or the default one. */
export function corefileSource({ conf, zone }: ConfigurationOptions): CorefileSource {
  if (conf === undefined) return { file: 'default Corefile', defaultPort, readText: () => defaultCorefile(zone) }
  return { file: conf, defaultPort, readText: () => readCorefile(conf) }
}

/** @throws ServerError `COREFILE_UNREADABLE` */
function readCorefile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ServerError('COREFILE_UNREADABLE', `${path}: ${reasonOf(error)}`, { cause: error })
  }
}

/** @throws CorefileError */
export function parseConfiguration({ file, defaultPort: port }: CorefileSource, text: string, log: Logger): Corefile {
  const directiveNames = pluginOrder.map(({ name }) => name)
  return parseCorefile(text, file, ioFor(log), { defaultPort: port, directiveNames })
}

/** As CoreDNS counts it; @throws CorefileError */
export function hashConfiguration({ file }: CorefileSource, text: string, log: Logger): string {
  return hashCorefile(text, file, ioFor(log))
}

function ioFor(log: Logger): CorefileIo {
  return fileIo((line) => log.warning(line))
}

/**
 * Reads the Corefile that is asked for, or makes the default one.
 *
 * @throws CorefileError; ServerError `COREFILE_UNREADABLE`
 */
export function loadConfiguration(options: ConfigurationOptions, log: Logger): Corefile {
  const source = corefileSource(options)
  return parseConfiguration(source, source.readText(), log)
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'is a folder, expected a Corefile',
  EACCES: 'permission denied',
}

/** The operating system's codes are not for users. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return reasons[code] ?? `cannot be read: ${messageOf(error)}`
}

/** What each `kubernetes` directive of a Corefile says, in the order of the file. */
export function kubernetesConfigs(corefile: Corefile): KubernetesConfig[] {
  return corefile.serverBlocks.flatMap((serverBlock) =>
    serverBlock.directives
      .filter(({ name }) => name === 'kubernetes')
      .map((directive) => readConfig(directive, serverBlock)),
  )
}
