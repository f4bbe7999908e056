import type { Summary } from '../statistics.ts'

/** A number to three digits, which is more than rounds agree on: `312,000`, `2.97`. */
export function formatNumber(value: number): string {
  return value.toLocaleString('en', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 })
}

/** As `formatNumber`; a dash where nothing was measured. */
export function formatMedian(summary: Summary | undefined): string {
  return summary === undefined ? '-' : formatNumber(summary.median)
}

/** The median, with the lowest and the highest of the rounds. */
export function formatSpread(summary: Summary | undefined): string {
  if (summary === undefined) return '-'
  return `${formatNumber(summary.median)} (${formatNumber(summary.min)} to ${formatNumber(summary.max)})`
}

export function formatPercent(share: number | undefined): string {
  return share === undefined ? '-' : `${Math.round(share * 100)} %`
}

/** A table of Markdown, with its columns aligned for those who read it as it stands. The first column is text, the others are numbers. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    )
    return `| ${padded.join(' | ')} |`
  }
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(header), line(rule), ...rows.map(line)].join('\n')
}
