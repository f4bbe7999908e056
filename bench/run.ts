/**
 * bench: how fast the real server is, beside others, asked over real sockets.
 *
 * A load (loads/loads.ts) is a cluster and questions; turns.ts has every peer (peers/all.ts) asked them in turn, round
 * after round; report/ makes tables, JSON and charts of it. Start here.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../scripts/bundle.ts'
import { isInstalled } from './command.ts'
import { compile, hasCompiler } from './compile.ts'
import type { Load } from './loads/load.ts'
import { allLoads } from './loads/loads.ts'
import { measureEncode } from './micro/encode.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { allPeers, present, type Skipped } from './peers/all.ts'
import { unpinnedReason } from './pin.ts'
import { runProgram } from './program.ts'
import { computeFigures } from './report/figures.ts'
import { currentCommit, describeMachine } from './report/machine.ts'
import { writePage } from './report/page.ts'
import type { Report } from './report/report.ts'
import { formatReport } from './report/text.ts'
import { type LoadResult, takeTurns } from './turns.ts'

const root = join(import.meta.dirname, '..')

process.env.PATH = `${process.env.PATH}:/usr/sbin` // Where Debian keeps servers: not in everyone's path.

process.exitCode = await runProgram(
  {
    name: 'npm run bench',
    usage,
    prefix: '',
    parseOptions: (args) => {
      const options = parseOptions(args)
      return typeof options === 'string' ? options : (findUnknown(options) ?? options)
    },
    findObstacle,
    measure,
    formatReport,
    writePage: (report) => writePage(join(root, 'docs'), report),
  },
  process.argv.slice(2),
)

/** A load or a peer that is none. */
function findUnknown({ loads, only }: Options): string | undefined {
  const peers = allPeers({ server: [], echo: undefined, external: [] })
  return unknownOf('--load', loads, allLoads(1)) ?? unknownOf('--only', only, peers)
}

function unknownOf(option: string, names: readonly string[], known: readonly { name: string }[]): string | undefined {
  const all = known.map(({ name }) => name)
  const unknown = names.find((name) => !all.includes(name))
  return unknown && `${option}: found '${unknown}', expected one of ${all.join(', ')}`
}

/** Why nothing can be measured here. */
function findObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'the benchmark reads CPU time from /proc: it needs Linux'
  if (!isInstalled('dnsperf', '-h')) return 'dnsperf is not installed: apt-get install dnsperf'
  if (!hasCompiler()) return 'there is no C compiler: apt-get install gcc libc6-dev'
  return undefined
}

async function measure(options: Options, date: string, command: string): Promise<Report> {
  const commit = currentCommit() // Now: it may be another one when the run ends.
  const folder = mkdtempSync(join(tmpdir(), 'cluster-dns-bench-'))
  try {
    const { file } = await bundle(folder)
    const server = [process.execPath, file]
    const all = allPeers({ server, echo: compile('echo', folder), external: options.external })
    const { peers, skipped } = present(all.filter(({ name, isExternal }) => isExternal || isWanted(options.only, name)))
    const { rounds, seconds, scale } = options
    const turns = { peers, generator: compile('load', folder), rounds, seconds, folder, progress: console.log }
    const measured = await runLoads(allLoads(scale), options, turns)
    return {
      format: 1,
      date,
      command,
      commit,
      machine: describeMachine(),
      pinned: unpinnedReason() === undefined,
      secondsPerRun: seconds,
      rounds,
      scale,
      peers: peers.map(({ name, title }) => ({ name, title })),
      skipped: [...skipped, ...measured.skipped],
      loads: measured.results,
      encode: measureEncode(),
      figures: computeFigures(measured.results, scale !== 1),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runLoads(loads: readonly Load[], options: Options, turns: Parameters<typeof takeTurns>[1]) {
  const results: LoadResult[] = []
  const skipped: Skipped[] = []
  for (const load of loads.filter(({ name }) => isWanted(options.loads, name))) {
    const taken = await takeTurns(load, turns)
    results.push(taken.result)
    skipped.push(...taken.skipped)
  }
  return { results, skipped }
}

/** An empty list wants everything. */
function isWanted(wanted: readonly string[], name: string): boolean {
  return wanted.length === 0 || wanted.includes(name)
}
