/** What tells time and wakes: the system's, or, for tests, one that is moved by hand. */
export interface Timer {
  /** Milliseconds since some moment. */
  now(): number
  /** @returns what calls it off */
  after(ms: number, run: () => void): () => void
}

/** Node.js's timers go no further, some 24 days: what is to come later than that would come at once. */
const longestTimeoutMs = 2 ** 31 - 1

export const systemTimer: Timer = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timeout = setTimeout(run, Math.min(ms, longestTimeoutMs))
    return () => clearTimeout(timeout)
  },
}

/** Resolves when the time is over, or as soon as `signal` aborts: it never rejects. */
export function pause(timer: Timer, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      callOff()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const callOff = timer.after(ms, end)
    signal.addEventListener('abort', end)
  })
}
