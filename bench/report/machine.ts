import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import { versionOf } from '../command.ts'

/** What the figures were measured on, and with. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly kernel: string
  readonly node: string
  /** Version by name; null where it is not installed. */
  readonly tools: Readonly<Record<'dnsperf' | 'cc', string | null>>
}

export function describeMachine(): Machine {
  const all = cpus()
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.versions.node,
    tools: { dnsperf: versionOf('dnsperf', '-h') ?? null, cc: versionOf('cc', '-dumpfullversion') ?? null },
  }
}

/** The commit of the checkout, with a mark if it is not what is checked out; null where there is none. */
export function currentCommit(): string | null {
  try {
    const git = (...args: readonly string[]): string =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    const commit = git('rev-parse', 'HEAD')
    return git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit}-dirty`
  } catch {
    return null
  }
}
