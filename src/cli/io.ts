import { BufferedLines } from './buffered-lines.ts'

/** What a command may touch of the process it runs in. */
export interface CliIo {
  /** Writes one line, or several, to standard output. */
  out(text: string): void
  err(text: string): void
  /**
   * Aborts when the process is asked to end; from the first use on, that is all that a signal does.
   *
   * Its reason is a line for the log.
   */
  readonly stop: AbortSignal
  /** Calls `act` at each of these signals, which do nothing else from then on. */
  onSignal(signal: OtherSignal, act: () => void): void
  /** Calls `act` as the process ends, by whatever but SIGKILL. */
  onExit(act: () => void): void
  /** Ends the process at once. */
  exit(code: number): void
}

/** Those beside SIGTERM and SIGINT. SIGUSR1 is Node.js's own, for its debugger, until it is asked for. */
export type OtherSignal = 'SIGHUP' | 'SIGQUIT' | 'SIGUSR1' | 'SIGUSR2'

/** Exit codes, the same for every command. */
export const ExitCode = {
  ok: 0,
  /** The input is bad: manifests, a Corefile, an address that cannot be opened. */
  badInput: 1,
  /** The command line is not one of ours. */
  usage: 2,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/**
 * The real process.
 *
 * Whoever asks for `stop` takes over SIGTERM and SIGINT, of which a second one ends it at once. A command that does
 * not is ended by the first, as any process is.
 */
export function processIo(): CliIo {
  let stop: AbortSignal | undefined
  // Whoever read our output may go away; that is no reason to stop serving.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const out = new BufferedLines((text) => process.stdout.write(text))
  process.on('exit', () => out.flush())
  return {
    out: (text) => out.add(text),
    err(text) {
      out.flush()
      process.stderr.write(`${text}\n`)
    },
    get stop() {
      stop ??= stopSignal((line) => out.add(line))
      return stop
    },
    onSignal: (signal, act) => void process.on(signal, act),
    onExit: (act) => void process.on('exit', act),
    exit: (code) => process.exit(code),
  }
}

function stopSignal(tell: (line: string) => void): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) {
        tell(`[INFO] ${signal}: Force quit`)
        process.exit(secondSignalCode)
      }
      controller.abort(stopLines[signal])
      process.stdin.destroy() // Manifests that are still being read from it would keep the process.
    })
  }
  return controller.signal
}

/** As CoreDNS has them. */
const stopLines = {
  SIGTERM: 'SIGTERM: Shutting down servers then terminating',
  SIGINT: 'SIGINT: Shutting down',
} as const

/** As CoreDNS has it. */
const secondSignalCode = 2
