import type { Metrics } from '../../src/util/metrics.ts'

/** All that is counted, as `name{label="value"}`; of histograms how many were observed, as `name_count{…}`. */
export function samplesOf(metrics: Metrics): Record<string, number> {
  return Object.fromEntries(
    metrics.families().flatMap(({ name, labels, series }) =>
      Array.from(series.values(), ({ values, series: each }) => {
        const pairs = labels.map((label, index) => `${label}="${values[index]}"`).join(',')
        const rest = pairs === '' ? '' : `{${pairs}}`
        if ('value' in each) return [`${name}${rest}`, each.value]
        return [`${name}_count${rest}`, each.counts.reduce((sum, count) => sum + count, 0)]
      }),
    ),
  )
}
