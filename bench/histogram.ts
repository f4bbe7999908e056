/** Values that were counted in buckets: each from `from` to below `to`, in ascending order. */
export type Histogram = readonly (readonly [from: number, to: number, count: number])[]

/**
 * The value that a share of all values does not exceed: the middle of its bucket.
 *
 * @param share 0.99 for the 99th percentile
 * @returns NaN where nothing was counted
 */
export function percentile(histogram: Histogram, share: number): number {
  const total = histogram.reduce((sum, [, , count]) => sum + count, 0)
  const rank = Math.max(1, Math.ceil(total * share))
  let seen = 0
  for (const [from, to, count] of histogram) {
    seen += count
    if (seen >= rank) return (from + to) / 2
  }
  return Number.NaN
}
