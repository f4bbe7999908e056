import { formatEvent } from '../../micro/event.ts'
import { formatNumber } from '../../report/format.ts'
import { formatFigures } from '../../report/table.ts'
import type { BundleSize } from '../image.ts'
import { formatSize, MB } from './figures.ts'
import type { LiveReport, SizeResult } from './report.ts'
import { coreDns, describeManifests, formatChanges, formatFreshness, formatRelist, formatStart } from './table.ts'

/** The report as lines for a terminal. */
export function formatReport(report: LiveReport): string {
  const { sizes, manifests, bundle, figures, isSmoke } = report
  return [
    describeRun(report),
    ...sizes.flatMap((size) => [titleOf(size), ...sectionsOf(size)]),
    describeCoreDns(),
    ...report.event.map(formatEvent),
    describeManifests(manifests),
    describeBundle(bundle),
    formatFigures(figures),
    ...(isSmoke ? ['a smoke run: no figure of it says anything'] : []),
  ].join('\n\n')
}

export function titleOf({ services, endpoints }: SizeResult): string {
  const [s, e] = formatSize(`${services}/${endpoints}`).split('/')
  return `${s} Services, ${e} endpoints`
}

export function sectionsOf(size: SizeResult): string[] {
  return [formatStart(size), formatRelist(size), formatFreshness(size), formatChanges(size)]
}

/** Machine, versions and manner in one line each. */
export function describeRun({ machine, contenders, pinned, rounds, secondsPerRun, flags }: LiveReport): string {
  const { cpu, cores, memoryGiB, kernel, node, tools } = machine
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, Linux ${kernel}`,
    `Node.js ${node}, cc ${tools.cc}; flags of the image: ${flags === '' ? 'none' : flags}`,
    ...contenders.map(({ name, title }) => `${name}: ${title}`),
    `${rounds} rounds, load in runs of ${secondsPerRun} s, ${pinned ? 'server on core 0, API double and load on core 1' : 'not pinned to cores'}`,
  ].join('\n')
}

export function describeCoreDns(): string {
  const { title, readySeconds, readyMB, loadMB } = coreDns
  return `for orientation: ${title}: ready in ${readySeconds} s, RSS ${readyMB} MB when ready, ${loadMB} MB under load`
}

export function describeBundle({ all, program, chunks, native, licenses }: BundleSize): string {
  const mb = (octets: number): string => formatNumber(octets / MB)
  return (
    `the image's bundle: ${mb(all)} MB (cluster-dns.mjs ${mb(program)}, chunks ${mb(chunks)}, ` +
    `native modules ${mb(native)}, licences ${mb(licenses)})`
  )
}
