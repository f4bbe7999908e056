import type { Clock } from './clock.ts'
import type { Logger } from './log.ts'

/** Lines that may be written in one interval. */
const burst = 100
const intervalMs = 1000

/**
 * Passes on at most 100 lines a second and counts the rest: what a peer can provoke must not fill a disk.
 *
 * The count is told with the first line of the next interval that has one.
 */
export function limitLines(write: (line: string) => void, clock: Clock): (line: string) => void {
  let startedMs = Number.NEGATIVE_INFINITY
  let lines = 0
  return (line) => {
    if (clock.now() - startedMs >= intervalMs) {
      if (lines > burst) write(`${lines - burst} more lines like the last were left out`)
      startedMs = clock.now()
      lines = 0
    }
    lines++
    if (lines <= burst) write(line)
  }
}

/** A log whose errors queries may provoke: they are limited, all else is passed on. */
export function limitErrors(log: Logger, clock: Clock): Logger {
  return { ...log, error: limitLines(log.error, clock) }
}
