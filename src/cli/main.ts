/**
 * cli: the command line, one thin file for each command.
 *
 * Start here, then serve.ts and run.ts. coredns.ts is the same server behind CoreDNS's own command line.
 */
import { basename } from 'node:path'
import { Command, CommanderError } from 'commander'
import { ManifestError } from '../cluster/manifests/errors.ts'
import { counted } from '../util/counted.ts'
import { messageOf, ServerError, stackOf } from '../util/errors.ts'
import { checkCommand } from './check.ts'
import { coredns, isCorednsForm } from './coredns.ts'
import { explainCommand } from './explain.ts'
import { type CliIo, ExitCode, processIo } from './io.ts'
import { namesCommand } from './names.ts'
import { queryCommand } from './query.ts'
import { serveCommand } from './serve.ts'
import { version } from './version.ts'

/**
 * Runs one command line.
 *
 * @param args without the program
 * @param calledAs the name of the program
 * @returns the exit code, once the command has ended
 */
export async function main(args: readonly string[], io: CliIo, calledAs = 'cluster-dns'): Promise<ExitCode> {
  try {
    return isCorednsForm(args, calledAs) ? await coredns(args, io, calledAs) : await runCommand(args, io)
  } catch (error) {
    return report(error, io)
  }
}

async function runCommand(args: readonly string[], io: CliIo): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok
  const done = (code: ExitCode): void => {
    exitCode = code
  }
  const program = new Command('cluster-dns')
    .description('Kubernetes cluster DNS from plain manifests: names of Services and Pods, over UDP and TCP')
    .version(version())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(withoutLineEnd(text)),
      writeErr: (text) => io.err(withoutLineEnd(text)),
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(--help tells more)')
  for (const add of [serveCommand, checkCommand, namesCommand, queryCommand, explainCommand]) add(program, io, done)

  await program.parseAsync([...args], { from: 'user' })
  return exitCode
}

function report(error: unknown, io: CliIo): ExitCode {
  // Commander has told the user already; it throws for `--help` too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage
  if (error instanceof ManifestError) {
    io.err(`${messageOf(error)}\n${counted(error.problems.length, 'error')} in the manifests`)
  } else if (error instanceof ServerError) io.err(messageOf(error))
  else io.err(`this is a bug: ${stackOf(error)}`)
  return ExitCode.badInput
}

function withoutLineEnd(text: string): string {
  return text.replace(/\n$/, '')
}

if (import.meta.main) {
  const [, path = '', ...args] = process.argv
  process.exitCode = await main(args, processIo(), basename(path))
}
