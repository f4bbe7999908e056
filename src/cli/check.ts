import type { Command } from 'commander'
import { formatPlace, formatProblem, type Problem } from '../cluster/manifests/errors.ts'
import { type ManifestSet, readManifests } from '../cluster/manifests/read.ts'
import type { WarningCode } from '../cluster/manifests/warnings/find.ts'
import { formatWarning } from '../cluster/manifests/warnings/finding.ts'
import type { Naming } from '../cluster/manifests/warnings/overview.ts'
import { kinds } from '../cluster/model.ts'
import { ClusterStore } from '../cluster/store.ts'
import { CorefileError } from '../corefile/errors.ts'
import { PluginSetupError } from '../plugin/setup.ts'
import { configurationErrors } from '../server/build.ts'
import { unchangedFiles } from '../server/files.ts'
import { systemClock } from '../util/clock.ts'
import { counted } from '../util/counted.ts'
import { type ErrorCode, ServerError } from '../util/errors.ts'
import { silentLogger } from '../util/log.ts'
import { loadOptions } from './cluster.ts'
import { kubernetesConfigs, loadConfiguration } from './configuration.ts'
import { type CliIo, ExitCode } from './io.ts'
import { type ConfigurationOptions, type InputOptions, requireInput, withInputOptions } from './options.ts'

interface CheckOptions extends InputOptions {
  readonly json?: boolean
  readonly strict?: boolean
}

/** What is told of one place. Line and column are 0 where there is none to name. */
interface Diagnostic extends Problem {
  readonly severity: 'error' | 'warning'
  readonly code: ErrorCode | WarningCode
  /** The line that people read. */
  readonly text: string
}

/** `check`: reads and validates all it is given, tells every error and warning, starts nothing. */
export function checkCommand(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  const command = program
    .command('check')
    .description('validate manifests and a Corefile, tell every error and what will surprise in DNS, start nothing')
    .option('--strict', 'exit with code 1 for warnings, too')
    .option('--json', 'errors and warnings as JSON: one object for each')
  withInputOptions(command).action(async (options: CheckOptions) => {
    requireInput(command, options)
    const configuration = checkConfiguration(options)
    const manifests = await readManifests(options.file, { ...loadOptions(options), ...configuration.naming })
    const diagnostics = [...diagnosticsOf(manifests), ...configuration.errors]
    if (options.json) io.out(JSON.stringify(diagnostics.map(toJson), undefined, 2))
    else print(diagnostics, () => summaryOf(manifests, options), io)
    done(isGood(diagnostics, options) ? ExitCode.ok : ExitCode.badInput)
  })
}

function isGood(diagnostics: readonly Diagnostic[], { strict }: CheckOptions): boolean {
  return strict ? diagnostics.length === 0 : diagnostics.every(({ severity }) => severity === 'warning')
}

function print(diagnostics: readonly Diagnostic[], summary: () => string, io: CliIo): void {
  for (const { text } of diagnostics) io.err(text)
  const counts = (['error', 'warning'] as const).flatMap((severity) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
    return count === 0 ? [] : [counted(count, severity)]
  })
  if (counts.length > 0) io.err(counts.join(', '))
  if (diagnostics.every(({ severity }) => severity === 'warning')) io.out(summary())
}

function toJson({ file, line, column, severity, code, message }: Diagnostic): object {
  return { file: formatPlace({ file, line: 0, column: 0 }), line, column, severity, code, message }
}

function diagnosticsOf({ problems, warnings }: ManifestSet): Diagnostic[] {
  return [
    ...problems.map((problem) => {
      return { ...problem, severity: 'error', code: 'MANIFEST_INVALID', text: formatProblem(problem) } as const
    }),
    ...warnings.map((warning) => ({ ...warning, severity: 'warning', text: formatWarning(warning) }) as const),
  ]
}

interface CheckedConfiguration {
  readonly errors: readonly Diagnostic[]
  /** How names are made where the plugin `kubernetes` is; nothing where it is not. */
  readonly naming: { readonly naming?: Naming }
}

/** Goes as far as a start does, short of opening sockets. */
function checkConfiguration(options: ConfigurationOptions): CheckedConfiguration {
  try {
    const context = {
      cluster: new ClusterStore(systemClock),
      log: silentLogger,
      clock: systemClock,
      files: unchangedFiles,
      listen: [],
    }
    const corefile = loadConfiguration(options, silentLogger)
    const errors = configurationErrors(corefile, context).map((error) => errorOf(error, options))
    const [config] = errors.length === 0 ? kubernetesConfigs(corefile) : []
    if (config === undefined) return { errors, naming: {} }
    const { primaryZone, endpointPodNames } = config
    return { errors, naming: { naming: { zone: primaryZone.replace(/\.$/, ''), endpointPodNames } } }
  } catch (error) {
    if (error instanceof ServerError) return { errors: [errorOf(error, options)], naming: {} }
    throw error
  }
}

function errorOf(error: ServerError, { conf }: ConfigurationOptions): Diagnostic {
  const isPlaced = error instanceof CorefileError || error instanceof PluginSetupError
  const { file, line } = isPlaced ? error : { file: conf ?? '', line: 0 }
  const { code, message } = error
  return { file, line, column: 0, severity: 'error', code, message, text: message }
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
