import type { LoadResult, PeerResult } from '../turns.ts'

/** Load.c never sleeps, and whom it saturates does not either: one that had less of its core did not have it alone. */
export const undisturbed = 0.9

/** How many runs at saturation were disturbed, of those that can tell: the ones by load.c. */
export function countDisturbed(results: readonly PeerResult[]): { readonly disturbed: number; readonly runs: number } {
  const all = results.flatMap(({ rounds }) => rounds).map(({ saturation }) => saturation)
  const runs = all.filter(({ tool }) => tool === 'load.c')
  const had = runs.map(({ loadCoreShare = 1, busyShare = 1 }) => Math.min(loadCoreShare, busyShare))
  return { disturbed: had.filter((share) => share < undisturbed).length, runs: runs.length }
}

/** One line for the whole report: how far its figures can be trusted. */
export function describeDisturbance(loads: readonly LoadResult[]): string {
  const { disturbed, runs } = countDisturbed(loads.flatMap(({ results }) => results))
  return disturbed === 0
    ? `undisturbed: server and load had their cores alone in all ${runs} runs that can tell`
    : `disturbed: in ${disturbed} of ${runs} runs something else was running on this machine`
}
