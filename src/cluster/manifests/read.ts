/**
 * cluster/manifests: a cluster from plain manifests on disk.
 *
 * Texts become values with places (yaml.ts, and json.ts for what is plain JSON), values drafts of objects, each
 * validated by itself (collect.ts, kinds/) and with the others (check.ts); fill.ts makes the cluster of them, with the
 * addresses and EndpointSlices that an API server and its controllers would add; warnings/ tells what of it will
 * surprise. source.ts feeds it to the store, and again when a file changes (watch.ts).
 * Only yaml.ts imports yaml, watch.ts chokidar. Start here.
 */
import { resolve } from 'node:path'
import { messageOf } from '../../util/errors.ts'
import { atOnce, inTurns, type Steps } from '../../util/steps.ts'
import type { ClusterObject } from '../model.ts'
import { checkTogether } from './check.ts'
import type { Problem } from './errors.ts'
import { diskFiles, type ManifestFiles, standardInput } from './files.ts'
import { fillIn } from './fill.ts'
import { type RangeOptions, rangesOf } from './ranges.ts'
import { type ManifestText, problemList, type Reading, type ReadingMemory, readTexts } from './reading.ts'
import { findWarnings } from './warnings/find.ts'
import type { Warning } from './warnings/finding.ts'
import { defaultNaming, type Naming } from './warnings/overview.ts'

/** What manifests say. */
export interface ManifestSet {
  /** In sorted order; empty where there is any problem. */
  readonly objects: readonly ClusterObject[]
  /** In reading order. */
  readonly problems: readonly Problem[]
  /** What is valid and will surprise in DNS, in reading order; empty where there is any problem, or none was looked for. */
  readonly warnings: readonly Warning[]
  /** How many objects of kinds that are not read here there are, by `kind (apiVersion)`. */
  readonly otherKinds: ReadonlyMap<string, number>
  /** The files that were read, in reading order. */
  readonly files: readonly string[]
}

export interface LoadOptions extends RangeOptions {
  /** Of the time before: files that have not changed are not read through again. */
  readonly memory?: ReadingMemory
  /** False: warnings are not looked for. */
  readonly warn?: boolean
  /** How the names that warnings speak of are made: `cluster.local` and no names of Pods, if it is not given. */
  readonly naming?: Naming
}

export interface ReadOptions extends LoadOptions {
  /** The disk and standard input, unless something else is given. */
  readonly files?: ManifestFiles
}

/**
 * Reads the manifests that `-f` names: files, folders with all below them, and `-`.
 *
 * Never rejects: a path that cannot be read is a problem like any other. A file reached twice is read once.
 */
export async function readManifests(paths: readonly string[], options: ReadOptions = {}): Promise<ManifestSet> {
  const files = options.files ?? diskFiles()
  const lists = await Promise.all(paths.map((path) => attempt(path, files.list(path))))
  const found = lists.flatMap((list) => ('value' in list ? list.value : []))
  const unique = [...Map.groupBy(found, identityOf).values()].flatMap(([first]) => first ?? [])
  const texts = await Promise.all(unique.map((file) => attempt(file, readText(file, files, options.memory))))

  const failures = [...lists, ...texts].flatMap((result) => ('problem' in result ? [result.problem] : []))
  const manifests = texts.flatMap((result) => ('value' in result ? [result.value] : []))
  const set = await inTurns(load(manifests, options))
  return failures.length === 0 ? set : { ...set, objects: [], warnings: [], problems: [...failures, ...set.problems] }
}

/** Makes a cluster of manifests that are at hand. Never throws. */
export function loadManifests(texts: readonly ManifestText[], options: LoadOptions = {}): ManifestSet {
  return atOnce(load(texts, options))
}

function* load(texts: readonly ManifestText[], options: LoadOptions): Steps<ManifestSet> {
  const readings = yield* readTexts(texts, options.memory ?? new Map())
  const { problems, report } = problemList()
  problems.push(...readings.flatMap((reading) => reading.problems))
  yield* checkTogether(
    readings.map(({ claims }) => claims),
    report,
  )
  const sorted = readings.flatMap((reading) => reading.sorted)
  const objects = problems.length === 0 ? yield* fillIn(sorted, rangesOf(options), report) : []
  const files = readings.map(({ file }) => file)
  const isGood = problems.length === 0
  return {
    objects: isGood ? objects : [],
    problems: inReadingOrder(problems, files),
    warnings: isGood && options.warn !== false ? yield* warningsOf(readings, options) : [],
    otherKinds: countOtherKinds(readings),
    files,
  }
}

/** What is valid in these readings and will surprise in DNS, in reading order. */
export function* warningsOf(readings: readonly Reading[], { naming = defaultNaming }: LoadOptions): Steps<Warning[]> {
  const drafts = readings.flatMap((reading) => reading.drafts)
  const workloads = readings.flatMap((reading) => reading.workloads)
  const warnings = yield* findWarnings(drafts, workloads, naming)
  return inReadingOrder(
    warnings,
    readings.map(({ file }) => file),
  )
}

/** The text of a file, from `memory` where the file has not changed since. */
async function readText(file: string, files: ManifestFiles, memory?: ReadingMemory): Promise<ManifestText> {
  const stamp = await files.stamp?.(file)
  const known = memory?.get(file)
  if (known !== undefined && stamp !== undefined && known.stamp === stamp) return known
  return { file, text: await files.read(file), stamp }
}

type Attempt<T> = { readonly path: string; readonly value: T } | { readonly problem: Problem }

async function attempt<T>(path: string, promise: Promise<T>): Promise<Attempt<T>> {
  try {
    return { path, value: await promise }
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const reason = isMissing ? 'found nothing there, expected a file or a folder' : `not readable: ${messageOf(error)}`
    return { problem: { file: path, line: 0, column: 0, message: reason } }
  }
}

function identityOf(file: string): string {
  return file === standardInput ? file : resolve(file)
}

function countOtherKinds(readings: readonly Reading[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [kind, count] of readings.flatMap(({ otherKinds }) => [...otherKinds])) {
    counts.set(kind, (counts.get(kind) ?? 0) + count)
  }
  return counts
}

/** The same thing may be noticed twice; it is told once. */
function inReadingOrder<P extends Problem>(problems: readonly P[], files: readonly string[]): P[] {
  const unique = [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
  const rank = new Map(files.map((file, index) => [file, index]))
  const byFile = (left: Problem, right: Problem) => (rank.get(left.file) ?? 0) - (rank.get(right.file) ?? 0)
  return unique.sort((left, right) => byFile(left, right) || left.line - right.line || left.column - right.column)
}
