import type { Command } from 'commander'
import { formatProblem } from '../cluster/manifests/errors.ts'
import { type ManifestSet, readManifests } from '../cluster/manifests/read.ts'
import { kinds } from '../cluster/model.ts'
import { ClusterStore } from '../cluster/store.ts'
import { buildGroups } from '../server/build.ts'
import { systemClock } from '../util/clock.ts'
import { messageOf, ServerError } from '../util/errors.ts'
import { silentLogger } from '../util/log.ts'
import { loadOptions } from './cluster.ts'
import { loadConfiguration } from './configuration.ts'
import { type CliIo, ExitCode } from './io.ts'
import {
  type ConfigurationOptions,
  type ManifestOptions,
  withConfigurationOptions,
  withManifestOptions,
} from './options.ts'

/** `check`: reads and validates all it is given, tells every error, starts nothing. */
export function checkCommand(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  const command = program
    .command('check')
    .description('validate manifests and a Corefile, tell every error, start nothing')
  withConfigurationOptions(withManifestOptions(command)).action(
    async (options: ManifestOptions & ConfigurationOptions) => {
      if (options.file.length === 0 && options.conf === undefined) {
        command.error('error: there is nothing to check: give manifests with -f, a Corefile with --conf', {
          exitCode: ExitCode.usage,
        })
      }
      const manifests = await readManifests(options.file, loadOptions(options))
      const errors = [...manifests.problems.map(formatProblem), ...checkConfiguration(options)]
      for (const error of errors) io.err(error)
      if (errors.length > 0) io.err(`${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`)
      else io.out(summaryOf(manifests, options))
      done(errors.length === 0 ? ExitCode.ok : ExitCode.badInput)
    },
  )
}

/** Goes as far as a start does, short of opening sockets. */
function checkConfiguration(options: ConfigurationOptions): string[] {
  try {
    const context = { cluster: new ClusterStore(systemClock), log: silentLogger, clock: systemClock, listen: [] }
    buildGroups(loadConfiguration(options, silentLogger), context)
    return []
  } catch (error) {
    if (error instanceof ServerError) return [messageOf(error)]
    throw error
  }
}

function summaryOf({ files, objects, otherKinds }: ManifestSet, { conf }: ConfigurationOptions): string {
  const counts = kinds.map((kind) => [kind, objects.filter((object) => object.kind === kind).length] as const)
  const lines = [
    ...(conf === undefined ? [] : [`${conf}: valid`]),
    ...(files.length === 0 ? [] : [`${files.length} manifest files: valid`]),
    ...counts.filter(([, count]) => count > 0).map(([kind, count]) => `  ${kind}: ${count}`),
    ...[...otherKinds].map(([kind, count]) => `  ${kind}: ${count}, of no use to DNS`),
  ]
  return lines.join('\n')
}
