/** What several rounds of one measurement come to. */
export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** @returns NaN in all where there are no values */
export function summarise(values: readonly number[]): Summary {
  const sorted = values.toSorted((left, right) => left - right)
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
  const upper = sorted[Math.ceil((sorted.length - 1) / 2)] ?? Number.NaN
  return { median: (lower + upper) / 2, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN }
}
