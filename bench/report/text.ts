import { formatEncode } from '../micro/encode.ts'
import { describeDisturbance } from './disturbed.ts'
import type { Report } from './report.ts'
import { formatControl, formatFigures, formatHalfLoad, formatLoad, notesOf } from './table.ts'

/** The report as lines for a terminal. */
export function formatReport(report: Report): string {
  const { loads, figures, skipped, encode, scale } = report
  return [
    describeRun(report),
    ...loads.map((load) => [`${load.load}: ${load.title}`, ...sectionsOf(load)].join('\n\n')),
    formatEncode(encode),
    formatFigures(figures),
    describeDisturbance(loads),
    ...(scale === 1 ? [] : [`the loads were scaled by ${scale}: no figure of this run says anything`]),
    ...skipped.map(({ peer, load, reason }) => `skipped: ${peer}${load === undefined ? '' : ` in ${load}`}: ${reason}`),
  ].join('\n\n')
}

/** The tables and notes of one load. */
export function sectionsOf(load: Report['loads'][number]): string[] {
  const notes = notesOf(load).map((note) => `- ${note}`)
  return [
    formatLoad(load),
    formatHalfLoad(load) ?? [],
    formatControl(load) ?? [],
    notes.length === 0 ? [] : notes.join('\n'),
  ].flat()
}

/** Machine, versions and manner in one line each. */
export function describeRun({ machine, peers, pinned, rounds, secondsPerRun }: Report): string {
  const { cpu, cores, memoryGiB, kernel, tools } = machine
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, Linux ${kernel}`,
    `dnsperf ${tools.dnsperf}, cc ${tools.cc}`,
    ...peers.map(({ name, title }) => `${name}: ${title}`),
    `${rounds} rounds of ${secondsPerRun} s, ${pinned ? 'server on core 0, load on core 1' : 'not pinned to cores'}`,
  ].join('\n')
}
