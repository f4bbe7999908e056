import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatEncode } from '../micro/encode.ts'
import { type ChartFile, drawCharts } from './charts.ts'
import { describeDisturbance } from './disturbed.ts'
import type { Report } from './report.ts'
import { formatFigures } from './table.ts'
import { describeRun, sectionsOf } from './text.ts'

/** Writes performance.md, and its charts into a folder beside it. */
export function writePage(docs: string, report: Report): void {
  const charts = drawCharts(report.loads)
  mkdirSync(join(docs, 'performance'), { recursive: true })
  for (const { file, svg } of charts) writeFileSync(join(docs, 'performance', file), svg)
  writeFileSync(join(docs, 'performance.md'), formatPage(report, charts))
}

export function formatPage(report: Report, charts: readonly ChartFile[]): string {
  const { date, command, commit, figures, loads, encode } = report
  return `${[
    '# Performance',
    `Made by the benchmark on ${date.slice(0, 10)}, and not by hand: \`${command}\` wrote this page, at commit ${commit ?? 'unknown'}.`,
    introduction,
    '```text',
    describeRun(report),
    '```',
    ...skippedOf(report),
    '## What is asked of it',
    formatFigures(figures),
    `${capital(describeDisturbance(loads))}.`,
    'How each is computed, of medians of this one run:',
    figures.map(({ title, formula }) => `- ${title}: \`${formula}\``).join('\n'),
    '## Charts',
    ...charts.map(({ file, alternative }) => `![${alternative}](performance/${file})`),
    '## Every load',
    reading,
    ...loads.flatMap((load) => [`### ${load.load}`, `${capital(load.title)}.`, ...sectionsOf(load)]),
    '## Encoding',
    `${capital(formatEncode(encode))}.`,
  ]
    .join('\n\n')
    .replaceAll('```text\n\n', '```text\n')
    .replaceAll('\n\n```\n', '\n```\n')}\n`
}

const introduction = `All servers ran on one core, one at a time, and the load on the other one; they took turns, round after round, in one run. Compare
figures within this page only: another machine, or this one on another day, gives others. [bench/README.md](../bench/README.md)
says how it is measured, and how to do it yourself. How the server does with a live cluster, its start, its memory and how fresh it
is, stands on [a page of its own](performance-cluster.md).`

const reading = `Every number is the median of the rounds, with the lowest and the highest in parentheses; lost queries are the sum of all rounds.
*Busy* is the share of its core that the server used: below 100 % it was waiting for the load. UDP is asked by \`bench/native/load.c\`,
TCP by dnsperf, which tells no percentiles; where dnsperf asked over UDP too, its figures stand in a table of their own.`

function skippedOf({ skipped, scale }: Report): string[] {
  const lines = skipped.map(
    ({ peer, load, reason }) => `- not measured: ${peer}${load ? ` in ${load}` : ''}: ${reason}`,
  )
  if (scale !== 1) lines.push(`- the loads were scaled by ${scale}: no figure of this page says anything`)
  return lines.length === 0 ? [] : [lines.join('\n')]
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
