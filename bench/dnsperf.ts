import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { pinned } from './pin.ts'

/** How dnsperf asks: enough queries under way to keep the server busy, few enough that no socket buffer overflows. */
const clients = 32
const outstanding = 128

export interface Load {
  readonly port: number
  /** A file of lines such as `web.shop.svc.cluster.local A`, asked one after the other, over and over. */
  readonly queries: string
  readonly seconds: number
}

export interface LoadResult {
  readonly completed: number
  readonly lost: number
  readonly queriesPerSecond: number
}

/**
 * Drives a server on this machine, from the core that it does not have.
 *
 * @throws Error an answer was not NOERROR: then it is not the load that is meant to be measured
 */
export async function runDnsperf({ port, queries, seconds }: Load): Promise<LoadResult> {
  const where = ['-s', '127.0.0.1', '-p', String(port), '-d', queries]
  const how = ['-l', String(seconds), '-c', String(clients), '-T', '1', '-q', String(outstanding)]
  const [program = '', ...args] = pinned('load', ['dnsperf', ...where, ...how])
  const { stdout } = await promisify(execFile)(program, args)
  const rcodes = /Response codes:\s+(.*)/.exec(stdout)?.[1] ?? 'none'
  if (!/^NOERROR \d+ \(100\.00%\)$/.test(rcodes)) throw new Error(`expected NOERROR alone, dnsperf counted: ${rcodes}`)
  return {
    completed: statistic(stdout, 'Queries completed'),
    lost: statistic(stdout, 'Queries lost'),
    queriesPerSecond: statistic(stdout, 'Queries per second'),
  }
}

export function hasDnsperf(): boolean {
  return spawnSync('dnsperf', ['-h'], { stdio: 'ignore' }).error === undefined
}

/** Dnsperf closes with lines such as `  Queries per second:   1234.567890`. */
function statistic(output: string, label: string): number {
  const value = new RegExp(`^\\s*${label}:\\s+([\\d.]+)`, 'm').exec(output)?.[1]
  if (value === undefined) throw new Error(`dnsperf did not print '${label}':\n${output}`)
  return Number(value)
}
