import type { Steps } from '../../util/steps.ts'
import { type Claim, claimsOf } from './check.ts'
import { collectObjects } from './collect.ts'
import type { Draft, WorkloadDraft } from './drafts.ts'
import type { Place, Problem, Report } from './errors.ts'
import { compareDrafts } from './fill.ts'
import { parseJson } from './json.ts'
import type { Value } from './value.ts'
import { parseYaml } from './yaml.ts'

export interface ManifestText {
  /** How problems name it. */
  readonly file: string
  readonly text: string
  /** What `ManifestFiles` said of the file when this was in it. */
  readonly stamp?: string | undefined
}

/** What one file says, by itself: it depends on nothing but its text, so it can be kept as long as that stays. */
export interface Reading extends ManifestText {
  readonly drafts: readonly Draft[]
  /** The same ones in the order of `compareDrafts`. */
  readonly sorted: readonly Draft[]
  /** What no other file may have. */
  readonly claims: readonly Claim[]
  readonly workloads: readonly WorkloadDraft[]
  readonly otherKinds: ReadonlyMap<string, number>
  readonly problems: readonly Problem[]
}

/** Readings by file. */
export type ReadingMemory = Map<string, Reading>

/** Reads each text, or takes it from `memory` if it has not changed; afterwards `memory` holds these and no others. */
export function* readTexts(texts: readonly ManifestText[], memory: ReadingMemory): Steps<Reading[]> {
  const readings: Reading[] = []
  for (const manifest of texts) {
    const known = memory.get(manifest.file)
    if (known?.text !== manifest.text) readings.push(yield* readOne(manifest))
    else readings.push(known.stamp === manifest.stamp ? known : { ...known, stamp: manifest.stamp })
    yield
  }
  memory.clear()
  for (const reading of readings) memory.set(reading.file, reading)
  return readings
}

function* readOne(manifest: ManifestText): Steps<Reading> {
  const { file, text } = manifest
  const drafts: Draft[] = []
  const workloads: WorkloadDraft[] = []
  const otherKinds = new Map<string, number>()
  const { problems, report } = problemList()
  const collection = { drafts, workloads, otherKinds, report }
  for (const document of parse(file, text, report)) {
    yield* collectObjects(document, collection)
    yield
  }
  const sorted = [...drafts].sort(compareDrafts)
  return { ...manifest, drafts, sorted, claims: claimsOf(drafts), workloads, otherKinds, problems }
}

/** JSON is YAML, too: which of the two reads it makes no difference but of time. */
function parse(file: string, text: string, report: Report): Iterable<Value> {
  const json = parseJson(file, text)
  return json === undefined ? parseYaml(file, text, report) : [json]
}

/** A list of problems, and what adds to it. */
export function problemList(): { readonly problems: Problem[]; readonly report: Report } {
  const problems: Problem[] = []
  const report = ({ file, line, column }: Place, message: string) => {
    problems.push({ file, line, column, message })
  }
  return { problems, report }
}
