import type { Command } from 'commander'
import { formatProblem } from '../cluster/manifests/errors.ts'
import { type ManifestSet, readManifests } from '../cluster/manifests/read.ts'
import { kinds } from '../cluster/model.ts'
import { ClusterStore } from '../cluster/store.ts'
import { configurationErrors } from '../server/build.ts'
import { systemClock } from '../util/clock.ts'
import { counted } from '../util/counted.ts'
import { messageOf, ServerError } from '../util/errors.ts'
import { silentLogger } from '../util/log.ts'
import { loadOptions } from './cluster.ts'
import { loadConfiguration } from './configuration.ts'
import { type CliIo, ExitCode } from './io.ts'
import { type ConfigurationOptions, type InputOptions, requireInput, withInputOptions } from './options.ts'

/** `check`: reads and validates all it is given, tells every error, starts nothing. */
export function checkCommand(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  const command = program
    .command('check')
    .description('validate manifests and a Corefile, tell every error, start nothing')
  withInputOptions(command).action(async (options: InputOptions) => {
    requireInput(command, options)
    const manifests = await readManifests(options.file, loadOptions(options))
    const errors = [...manifests.problems.map(formatProblem), ...checkConfiguration(options)]
    for (const error of errors) io.err(error)
    if (errors.length > 0) io.err(counted(errors.length, 'error'))
    else io.out(summaryOf(manifests, options))
    done(errors.length === 0 ? ExitCode.ok : ExitCode.badInput)
  })
}

/** Goes as far as a start does, short of opening sockets. */
function checkConfiguration(options: ConfigurationOptions): string[] {
  try {
    const context = { cluster: new ClusterStore(systemClock), log: silentLogger, clock: systemClock, listen: [] }
    return configurationErrors(loadConfiguration(options, silentLogger), context).map(messageOf)
  } catch (error) {
    if (error instanceof ServerError) return [messageOf(error)]
    throw error
  }
}

function summaryOf(manifests: ManifestSet, { conf, file }: InputOptions): string {
  return [
    ...(conf === undefined ? [] : [`${conf}: valid`]),
    ...(file.length === 0 ? [] : manifestLines(manifests, file)),
  ].join('\n')
}

function manifestLines({ files, objects, otherKinds }: ManifestSet, paths: readonly string[]): string[] {
  if (files.length === 0) return [`no .yaml, .yml or .json file in ${paths.join(', ')}`]
  const counts = kinds.map((kind) => [kind, objects.filter((object) => object.kind === kind).length] as const)
  return [
    `${counted(files.length, 'manifest file')}: valid`,
    ...counts.filter(([, count]) => count > 0).map(([kind, count]) => `  ${kind}: ${count}`),
    ...[...otherKinds].map(([kind, count]) => `  ${kind}: ${count}, passed over`),
  ]
}
