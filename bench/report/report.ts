/**
 * bench/report: what was measured, for people and for programs.
 *
 * This file is the report as data, as it is written to JSON. figures.ts computes what the project is judged by,
 * table.ts and page.ts print, chart.ts draws. Start here.
 */
import type { EncodeResult } from '../micro/encode.ts'
import type { Skipped } from '../peers/all.ts'
import type { LoadResult } from '../turns.ts'
import type { Figure } from './figures.ts'
import type { Machine } from './machine.ts'

/** What made a report. Figures of two machines are not to be compared, so the machine is part of it. */
export interface ReportHead {
  /** Raised when what stands in the file changes its meaning. */
  readonly format: 1
  readonly date: string
  /** What made it. */
  readonly command: string
  readonly commit: string | null
  readonly machine: Machine
  readonly rounds: number
  readonly secondsPerRun: number
}

export interface Report extends ReportHead {
  /** Server and load had a core each. */
  readonly pinned: boolean
  /** 1, but in a smoke run, whose figures say nothing. */
  readonly scale: number
  readonly peers: readonly { readonly name: string; readonly title: string }[]
  readonly skipped: readonly Skipped[]
  readonly loads: readonly LoadResult[]
  readonly encode: EncodeResult
  readonly figures: readonly Figure[]
}
