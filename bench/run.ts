/**
 * bench: how fast the real server is, asked by dnsperf over a real socket.
 *
 * A scenario (scenario.ts) is a cluster and the names of it to ask; a round is one run of dnsperf over them. The server
 * is the bundle that users get. Start here.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle } from '../scripts/bundle.ts'
import { defaultLimits } from '../src/transport/answer-cache.ts'
import { hasDnsperf } from './dnsperf.ts'
import { formatEncode, measureEncode } from './micro/encode.ts'
import { unpinnedReason } from './pin.ts'
import { buildReport, formatReport, type Report, type Result } from './report.ts'
import { measure, type Scenario } from './scenario.ts'

const usage = `usage: npm run bench -- [options]

  --seconds N  length of a round (5)
  --rounds N   rounds of each load (5)
  --json FILE  writes everything that was measured`

const scenarios: readonly Scenario[] = [
  { name: 'hits', services: 1000 },
  // More names than the answer cache has room for, asked in a circle: each has been dropped when its turn comes again.
  { name: 'misses', services: Math.ceil(defaultLimits.maxEntries * 1.1) },
]

process.exitCode = await main(process.argv.slice(2))

async function main(args: string[]): Promise<number> {
  const options = parseOptions(args)
  if (options === undefined) {
    console.error(usage)
    return 2
  }
  const obstacle = findObstacle()
  if (obstacle !== undefined) {
    console.error(obstacle)
    return 1
  }
  const reason = unpinnedReason()
  if (reason !== undefined) console.log(`not pinned to cores: ${reason}`)

  const report = { ...buildReport(options.seconds, await runAll(options)), encode: measureEncode() }
  console.log(`${formatReport(report)}\n\n${formatEncode(report.encode)}`)
  if (options.json !== undefined) writeJson(options.json, report)
  return 0
}

/** Why nothing can be measured here. */
function findObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'the benchmark reads CPU time from /proc: it needs Linux'
  if (!hasDnsperf()) return 'dnsperf is not installed: apt-get install dnsperf'
  return undefined
}

async function runAll({ seconds, rounds }: Options): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-dns-bench-'))
  try {
    const { file } = await bundle(folder)
    const results: Result[] = []
    for (const scenario of scenarios) {
      console.log(`${scenario.name}: ${scenario.services} Services, ${rounds} rounds of ${seconds} s`)
      const measured = await measure(scenario, { server: [process.execPath, file], folder, rounds, seconds })
      results.push({ ...scenario, rounds: measured })
    }
    return results
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeJson(file: string, report: Report): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
}

interface Options {
  readonly seconds: number
  readonly rounds: number
  readonly json: string | undefined
}

/** Undefined: wrong usage. */
function parseOptions(args: string[]): Options | undefined {
  const options = {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
  } as const
  try {
    const { values } = parseArgs({ args, options })
    const { seconds, rounds, json } = { ...values, seconds: Number(values.seconds), rounds: Number(values.rounds) }
    return seconds > 0 && rounds >= 1 && Number.isInteger(rounds) ? { seconds, rounds, json } : undefined
  } catch {
    return undefined
  }
}
