/**
 * bench:cluster: how our server starts, what it takes, and how fresh it stays, with a live cluster of the sizes that it is made for.
 *
 * cluster.ts says how the parts fit.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../../scripts/bundle.ts'
import { isInstalled } from '../command.ts'
import { compile, hasCompiler } from '../compile.ts'
import { encodeQuery, frameQueries } from '../loads/question.ts'
import { measureEvent } from '../micro/event.ts'
import { unpinnedReason } from '../pin.ts'
import { runProgram } from '../program.ts'
import { currentCommit, describeMachine } from '../report/machine.ts'
import { type LiveSize, sampleNames } from './cluster.ts'
import { imageCommand, imageFlags, measureBundle, readDockerfile } from './image.ts'
import { measureManifests } from './manifests.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { RemoteDouble } from './remote.ts'
import { computeFigures } from './report/figures.ts'
import { formatPage } from './report/page.ts'
import type { LiveReport, SizeResult } from './report/report.ts'
import { formatReport } from './report/text.ts'
import { type Contender, type LiveRound, runRound } from './round.ts'
import { fillCommand } from './server.ts'

const root = join(import.meta.dirname, '../..')

/** Names that are asked while the cluster changes, over and over. */
const askedNames = 1000

process.exitCode = await runProgram(
  {
    name: 'npm run bench:cluster',
    usage,
    prefix: 'cluster-',
    parseOptions,
    findObstacle,
    measure,
    formatReport,
    writePage: (report) => writeFileSync(join(root, 'docs/performance-cluster.md'), formatPage(report)),
  },
  process.argv.slice(2),
)

/** Why nothing can be measured here. */
function findObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'the benchmark reads memory and CPU time from /proc: it needs Linux'
  if (!hasCompiler()) return 'there is no C compiler: apt-get install gcc libc6-dev'
  if (!isInstalled('chrt', '--version')) return 'chrt is not installed: apt-get install util-linux'
  return undefined
}

async function measure(options: Options, date: string, command: string): Promise<LiveReport> {
  const commit = currentCommit() // Now: it may be another one when the run ends.
  const folder = mkdtempSync(join(tmpdir(), 'cluster-dns-bench-'))
  try {
    const { file } = await bundle(join(folder, 'bundle'))
    const server = imageCommand(readDockerfile(root), file)
    const contenders = contendersOf(server, options)
    const generator = compile('load', folder)
    const sizes: SizeResult[] = []
    for (const size of options.sizes) sizes.push(await measureSize(size, contenders, { ...options, folder, generator }))
    const manifests = await measureManifests(server, join(root, 'fixtures/shop'), options.rounds)
    return {
      format: 1,
      date,
      command,
      commit,
      machine: describeMachine(),
      pinned: unpinnedReason() === undefined,
      flags: imageFlags(server),
      rounds: options.rounds,
      secondsPerRun: options.seconds,
      isSmoke: options.smoke,
      contenders: contenders.map(({ name, title }) => ({ name, title })),
      sizes,
      manifests,
      event: measureEvent(options.smoke ? 50 : 500),
      bundle: measureBundle(join(folder, 'bundle')),
      figures: computeFigures(sizes, options.smoke),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function contendersOf(server: readonly string[], { peers }: Options): Contender[] {
  const command: Contender['command'] = ({ kubeconfig, host, port }) => [
    ...server,
    ...['serve', '--kubeconfig', kubeconfig, '--listen', `${host}:${port}`],
  ]
  return [
    { name: 'cluster-dns', title: 'lists are streamed', lists: 'streaming', isShort: false, command },
    { name: 'paged', title: 'cluster-dns, lists come page by page', lists: 'paged', isShort: true, command },
    ...peers.map(
      (peer): Contender => ({
        name: peer.name,
        title: peer.command,
        lists: 'streaming',
        isShort: false,
        command: (site) => fillCommand(peer.command, site),
      }),
    ),
  ]
}

/** All rounds with one cluster: the servers take turns. */
async function measureSize(
  size: LiveSize,
  contenders: readonly Contender[],
  options: Options & { readonly folder: string; readonly generator: string },
): Promise<SizeResult> {
  const label = `${size.services}/${size.endpoints}`
  const queries = join(options.folder, 'queries')
  writeFileSync(queries, frameQueries(sampleNames(size, askedNames).map((name) => encodeQuery({ name, type: 'A' }))))
  const rounds = new Map<string, LiveRound[]>(contenders.map(({ name }) => [name, []]))
  console.log(`${label}: making the cluster`)
  const double = await RemoteDouble.start(size)
  try {
    for (let number = 1; number <= options.rounds; number++) {
      for (const contender of contenders) {
        console.log(`${label}: round ${number} of ${options.rounds}: ${contender.name}`)
        const round = await runRound(contender, { ...options, double, size, queries })
        rounds.get(contender.name)?.push(round)
      }
    }
  } finally {
    await double.stop()
  }
  return { ...size, results: Array.from(rounds, ([contender, all]) => ({ contender, rounds: all })) }
}
