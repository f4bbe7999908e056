import { fileIo } from '../corefile/io.ts'
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

/**
 * Reads the Corefile that is asked for, or makes the default one.
 *
 * @throws CorefileError; ServerError `COREFILE_UNREADABLE`
 */
export function loadConfiguration({ conf, zone }: ConfigurationOptions, log: Logger): Corefile {
  const io = fileIo((line) => log.warning(line))
  const options = { defaultPort, directiveNames: pluginOrder.map(({ name }) => name) }
  if (conf === undefined) return parseCorefile(defaultCorefile(zone), 'default Corefile', io, options)
  return parseCorefile(readText(conf), conf, io, options)

  function readText(path: string): string {
    try {
      return io.readText(path)
    } catch (error) {
      throw new ServerError('COREFILE_UNREADABLE', `${path}: ${reasonOf(error)}`, { cause: error })
    }
  }
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
