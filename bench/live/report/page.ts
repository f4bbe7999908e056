import { formatEvent } from '../../micro/event.ts'
import { formatFigures } from '../../report/table.ts'
import type { LiveReport } from './report.ts'
import { describeManifests } from './table.ts'
import { describeBundle, describeCoreDns, describeRun, sectionsOf, titleOf } from './text.ts'

/** docs/performance-cluster.md. */
export function formatPage(report: LiveReport): string {
  const { date, command, commit, figures, sizes, manifests, bundle, event, isSmoke } = report
  return `${[
    '# Performance with a live cluster',
    `Made by the benchmark on ${date.slice(0, 10)}, and not by hand: \`${command}\` wrote this page, at commit ${commit ?? 'unknown'}.`,
    ...(isSmoke ? ['A smoke run: no figure of this page says anything.'] : []),
    introduction,
    `\`\`\`text\n${describeRun(report)}\n\`\`\``,
    '## What is asked of it',
    formatFigures(figures),
    'The worse of streamed and paged lists counts. How each is computed:',
    figures.map(({ title, formula }) => `- ${title}: ${formula}`).join('\n'),
    `${capital(describeCoreDns())}.`,
    ...sizes.flatMap((size) => [`## ${titleOf(size)}`, ...sectionsOf(size)]),
    '## Beside all that',
    [...event.map(formatEvent), describeManifests(manifests), describeBundle(bundle)]
      .map((line) => `- ${line}`)
      .join('\n'),
    'Nothing of what a live cluster takes is loaded where manifests alone are served.',
  ].join('\n\n')}\n`
}

const introduction = `The server ran on one core, with the flags of the image, and a double of the Kubernetes API with the load on the other one. Every
number is the median of the rounds, with the lowest and the highest in parentheses; lost queries and probes are sums. MB are 1,000,000 octets.
*Event to answer* counts from the event's being written to the watch to the UDP answer that tells of it.
[bench/README.md](../bench/README.md#a-live-cluster) says how it is measured, and how to do it yourself; other loads are on the
page [performance](performance.md).`

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
