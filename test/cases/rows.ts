/**
 * cases: what the specification page of the schema says, as tables.
 *
 * Each file `section-N.ts` holds the rows of one section of that page; sections.test.ts runs them all through the
 * whole chain. discriminating.test.ts has the forty queries of its List 2, big-answers.test.ts the long answers.
 */
import type { AskOptions, Reply, TestServer } from '../support/serve.ts'

/** One question, and all of its answer; what is left out is empty, NOERROR, and authoritative. */
export interface Row extends Partial<Reply> {
  /** Section, and item in it: `7.3` is the third item of section 7, `5.0` what stands outside of its items. */
  readonly at: string
  readonly title: string
  readonly ask: string
  readonly options?: AskOptions
  /** We differ from CoreDNS on purpose: how the row of docs/differences.md begins that says so. */
  readonly differs?: string
  /** What the answer is over UDP, where it is another than over TCP. */
  readonly overUdp?: Partial<Reply>
}

/** A behaviour that one question cannot show. */
export interface Check {
  readonly at: string
  readonly title: string
  readonly differs?: string
  run(server: TestServer): Promise<void>
}

/** Rows that one server answers. */
export interface Group {
  readonly title: string
  serve(): TestServer | Promise<TestServer>
  readonly rows?: readonly Row[]
  readonly checks?: readonly Check[]
}

export interface Section {
  readonly section: string
  readonly title: string
  readonly groups: readonly Group[]
}

/** Rows that have the same answer. */
export function rows(at: string, title: string, asks: readonly string[], expected: Expected): Row[] {
  return asks.map((ask) => ({ at, title: `${title}: ${ask}`, ask, ...expected }))
}

type Expected = Omit<Row, 'at' | 'title' | 'ask'>
