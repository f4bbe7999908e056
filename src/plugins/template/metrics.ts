import type { Section } from '../../dns/message.ts'
import type { SetupContext } from '../../plugin/setup.ts'

/** What failures and matches are counted under. */
export interface CountedMatch {
  readonly zone: string
  readonly class: string
  readonly type: string
}

export interface TemplateCounts {
  /** @returns what counts it once more */
  matched(match: CountedMatch): () => void
  failed(kind: FailureKind, match: CountedMatch, section: Section, template: string): void
}

/** The template itself failed, or what it wrote is no record. */
export type FailureKind = 'template' | 'rr'

const matchLabels = ['server', 'zone', 'view', 'class', 'type']

/** The metrics of CoreDNS's plugin template. */
export function templateCounts({
  metrics,
  serverLabel: server,
  viewLabel: view,
}: Pick<SetupContext, 'metrics' | 'serverLabel' | 'viewLabel'>): TemplateCounts {
  const labels = [...matchLabels, 'section', 'template']
  const matches = metrics.counter({
    name: 'coredns_template_matches_total',
    help: 'Counter of template regex matches.',
    labels: matchLabels,
  })
  const failures = {
    template: metrics.counter({
      name: 'coredns_template_template_failures_total',
      help: 'Counter of go template failures.',
      labels,
    }),
    rr: metrics.counter({ name: 'coredns_template_rr_failures_total', help: 'Counter of mis-templated RRs.', labels }),
  }
  return {
    matched(match) {
      const series = matches.of(server, match.zone, view, match.class, match.type)
      const count = () => {
        series.value++
      }
      count()
      return count
    },
    failed(kind, match, section, template) {
      failures[kind].of(server, match.zone, view, match.class, match.type, section, template).value++
    },
  }
}
