import { request } from 'node:http'
import { formatDuration } from '../corefile/duration.ts'
import type { HealthMetrics } from '../plugins/health/metrics.ts'
import { messageOf } from '../util/errors.ts'
import { observe } from '../util/metrics.ts'

export interface SelfCheckTimes {
  readonly intervalMs: number
  /** A request that took longer is told. */
  readonly slowMs: number
  /** A request that took longer has failed. */
  readonly timeoutMs: number
}

/** As CoreDNS has them. */
export const defaultTimes: SelfCheckTimes = { intervalMs: 1000, slowMs: 1000, timeoutMs: 3000 }

export interface SelfCheckReports {
  /** Takes a line for the log. */
  tell(line: string): void
  readonly metrics: HealthMetrics
}

/**
 * Asks our own `/health` again and again, and tells of requests that fail or take long: a process that has more to do
 * than it can is slow there, too. One at a time; the first comes after one interval.
 *
 * @returns what ends it
 */
export function startSelfCheck(
  url: string,
  { tell, metrics: { durations, failures } }: SelfCheckReports,
  times: SelfCheckTimes,
): () => void {
  const count = (tookMs: number) => observe(durations, durations.of(), tookMs / 1000)
  const ended = new AbortController()
  let isUnderWay = false
  const check = async () => {
    if (isUnderWay) return
    isUnderWay = true
    const began = performance.now()
    try {
      await get(url, AbortSignal.any([ended.signal, AbortSignal.timeout(times.timeoutMs)]))
      const tookMs = performance.now() - began
      count(tookMs)
      if (tookMs > times.slowMs) {
        tell(
          `Local health request to "${url}" took more than ${formatDuration(times.slowMs)}: ${formatDuration(Math.round(tookMs))}`,
        )
      }
    } catch (error) {
      if (ended.signal.aborted) return
      count(performance.now() - began)
      failures.value++
      tell(`Local health request to "${url}" failed: ${messageOf(error)}`)
    } finally {
      isUnderWay = false
    }
  }
  const timer = setInterval(check, times.intervalMs)
  return () => {
    clearInterval(timer)
    ended.abort()
  }
}

/** Resolves when the response is in; on a connection of its own, as a probe's is. */
function get(url: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false, signal }, (response) => {
      response.once('error', reject)
      response.once('end', resolve)
      response.resume()
    })
      .once('error', (error) => reject(signal.aborted ? signal.reason : error))
      .end()
  })
}
