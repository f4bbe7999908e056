import { setImmediate } from 'node:timers/promises'

/** Lets the event loop turn until `condition` holds; a test that waits in vain fails by saying for what. */
export async function until(condition: () => boolean, limitMs = 8_000): Promise<void> {
  const start = performance.now()
  while (!condition()) {
    if (performance.now() - start > limitMs) throw new Error(`still not true: ${condition}`)
    await setImmediate()
  }
}
