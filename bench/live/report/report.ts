/**
 * bench/live/report: what was measured, for people and for programs.
 *
 * This file is the report as data, as it is written to JSON. figures.ts computes what is asked of the server, table.ts
 * makes tables, text.ts and page.ts print. Start here.
 */
import type { EventResult } from '../../micro/event.ts'
import type { Figure } from '../../report/figures.ts'
import type { ReportHead } from '../../report/report.ts'
import type { LiveSize } from '../cluster.ts'
import type { BundleSize } from '../image.ts'
import type { LiveRound } from '../round.ts'
import type { Start } from '../server.ts'

export interface LiveReport extends ReportHead {
  /** The server had a core, and the API double with the load the other one. */
  readonly pinned: boolean
  /** Of Node.js, as the image has them, with the environment; empty: none. */
  readonly flags: string
  /** Its figures say nothing. */
  readonly isSmoke: boolean
  readonly contenders: readonly { readonly name: string; readonly title: string }[]
  readonly sizes: readonly SizeResult[]
  /** Starts from the manifests of fixtures/shop, without a cluster. */
  readonly manifests: readonly Start[]
  readonly event: readonly EventResult[]
  readonly bundle: BundleSize
  readonly figures: readonly Figure[]
}

export interface SizeResult extends LiveSize {
  readonly results: readonly ContenderResult[]
}

export interface ContenderResult {
  readonly contender: string
  readonly rounds: readonly LiveRound[]
}
