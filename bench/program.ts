import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { unpinnedReason } from './pin.ts'

/** A benchmark as a command: what differs from one to the other. */
export interface Program<Options extends ReportOptions, Report> {
  /** As it is typed. */
  readonly name: string
  readonly usage: string
  /** What the files of its results begin with. */
  readonly prefix: string
  /** @returns what is wrong with the command line, where something is */
  readonly parseOptions: (args: readonly string[]) => Options | string
  /** Why nothing can be measured here. */
  readonly findObstacle: () => string | undefined
  /** @param command what was typed */
  readonly measure: (options: Options, date: string, command: string) => Promise<Report>
  readonly formatReport: (report: Report) => string
  /** For `--chart`. */
  readonly writePage: (report: Report) => void
}

/** What becomes of the report. */
export interface ReportOptions {
  /** Undefined: it is named after the date. */
  readonly json: string | undefined
  readonly chart: boolean
  readonly smoke: boolean
}

/**
 * Measures, prints, and writes what was measured.
 *
 * @returns the exit code: 2 for a wrong command line, 1 where nothing can be measured
 */
export async function runProgram<Options extends ReportOptions, Report>(
  program: Program<Options, Report>,
  args: readonly string[],
): Promise<number> {
  const { name, usage, prefix } = program
  if (args.includes('--help')) {
    console.log(usage)
    return 0
  }
  const options = program.parseOptions(args)
  if (typeof options === 'string') {
    console.error(`${options}\n\n${usage}`)
    return 2
  }
  const obstacle = program.findObstacle()
  if (obstacle !== undefined) {
    console.error(obstacle)
    return 1
  }
  const reason = unpinnedReason()
  if (reason !== undefined) console.log(`not pinned to cores: ${reason}`)

  const date = new Date().toISOString()
  const command = [name, ...(args.length === 0 ? [] : ['--', ...args])].join(' ')
  const report = await program.measure(options, date, command)
  console.log(`\n${program.formatReport(report)}`)
  if (!options.smoke || options.json !== undefined) writeJson(options.json ?? resultFile(prefix, date), report)
  if (options.chart) program.writePage(report)
  return 0
}

function resultFile(prefix: string, date: string): string {
  return join(import.meta.dirname, 'results', `${prefix}${date.replaceAll(':', '-').slice(0, 19)}.json`)
}

function writeJson(file: string, report: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`)
  console.log(`\n${file}`)
}
