import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Rcode } from '../../src/dns/iana.ts'
import { pinned } from '../pin.ts'
import { outstanding } from './generator.ts'

/** How many sockets dnsperf asks from, or how many connections it keeps open. */
export const clients = { udp: 32, tcp: 16 } as const

export interface DnsperfRun {
  readonly host: string
  readonly port: number
  /** A file of lines such as `web.shop.svc.cluster.local A`, asked one after the other, over and over. */
  readonly file: string
  readonly seconds: number
  readonly transport: 'udp' | 'tcp'
  /** An EDNS option that every query carries. */
  readonly option?: { readonly code: number; readonly hex: string }
  readonly expected: Rcode
}

export interface DnsperfResult {
  readonly answered: number
  readonly lost: number
  readonly queriesPerSecond: number
  /** Dnsperf 2.10 tells no percentiles. */
  readonly averageMicros: number
}

/**
 * Drives a server with dnsperf, from the core that the server does not have.
 *
 * @throws Error an answer had another rcode than expected: then it is not the load that is meant to be measured
 */
export async function runDnsperf(run: DnsperfRun): Promise<DnsperfResult> {
  const [program = '', ...args] = pinned('load', ['dnsperf', ...dnsperfArguments(run)])
  const { stdout } = await promisify(execFile)(program, args)
  return readDnsperf(stdout, run.expected)
}

export function dnsperfArguments({ host, port, file, seconds, transport, option }: DnsperfRun): string[] {
  const where = ['-s', host, '-p', String(port), '-m', transport, '-d', file]
  const how = ['-l', String(seconds), '-c', String(clients[transport]), '-T', '1', '-q', String(outstanding)]
  return [...where, ...how, ...(option === undefined ? [] : ['-e', '-E', `${option.code}:${option.hex}`])]
}

export function readDnsperf(stdout: string, expected: Rcode): DnsperfResult {
  const rcodes = /Response codes:\s+(.*)/.exec(stdout)?.[1] ?? 'none'
  if (!new RegExp(`^${expected} \\d+ \\(100\\.00%\\)$`).test(rcodes)) {
    throw new Error(`expected ${expected} alone, dnsperf counted: ${rcodes}`)
  }
  return {
    answered: statistic(stdout, 'Queries completed'),
    lost: statistic(stdout, 'Queries lost'),
    queriesPerSecond: statistic(stdout, 'Queries per second'),
    averageMicros: statistic(stdout, 'Average Latency \\(s\\)') * 1e6,
  }
}

/** Dnsperf closes with lines such as `  Queries per second:   1234.567890`. */
function statistic(output: string, label: string): number {
  const value = new RegExp(`^\\s*${label}:\\s+([\\d.]+)`, 'm').exec(output)?.[1]
  if (value === undefined) throw new Error(`dnsperf did not print '${label}':\n${output}`)
  return Number(value)
}
