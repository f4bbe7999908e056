import { availableParallelism } from 'node:os'
import { isInstalled } from './command.ts'

/** Server and load get a core each, so that neither is measured through the other. */
const cores = { server: 0, load: 1 } as const

/** Why a result was measured without pinning; undefined: it was pinned. */
export function unpinnedReason(): string | undefined {
  if (availableParallelism() < 2) return 'this machine has one core only'
  if (!isInstalled('taskset', '--version')) return 'taskset is not installed'
  return undefined
}

/** The command, kept to its core where that can be done. Threads and processes that it starts stay there, too. */
export function pinned(role: keyof typeof cores, command: readonly string[]): string[] {
  if (unpinnedReason() !== undefined) return [...command]
  return ['taskset', '--cpu-list', String(cores[role]), ...command]
}
