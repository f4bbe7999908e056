import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Changer } from './changes/changes.ts'
import { writeManifests } from './cluster/manifests.ts'
import { writeZone } from './cluster/zone.ts'
import type { Load } from './loads/load.ts'
import { encodeQuery, formatQuestion, frameQueries, type Question, withOption } from './loads/question.ts'

/** The files and programs of one load. */
export interface Equipment {
  readonly load: Load
  readonly generator: string
  /** The questions as lines, for dnsperf, and as framed queries, for our generator. */
  readonly lines: string
  readonly queries: string
  readonly seconds: number
  readonly changer?: Changer
}

/** Writes a load's cluster and its questions into `folder`, in every form that a peer or a tool reads. */
export function equip(
  load: Load,
  questions: readonly Question[],
  { folder, generator, seconds }: Pick<Equipment, 'generator' | 'seconds'> & { readonly folder: string },
): Equipment {
  const manifests = join(folder, 'manifests')
  writeManifests(manifests, load.cluster)
  writeZone(join(folder, 'zone'), load.cluster)
  const lines = join(folder, 'questions.txt')
  const queries = join(folder, 'queries')
  writeFileSync(lines, questions.map(formatQuestion).join(''))
  writeFileSync(queries, frameQueries(questions.map((question) => queryOf(question, load))))
  const equipment = { load, generator, lines, queries, seconds }
  return load.changing ? { ...equipment, changer: new Changer(manifests, load.cluster) } : equipment
}

function queryOf(question: Question, { option }: Pick<Load, 'option'>): Buffer {
  const query = encodeQuery(question)
  return option === undefined ? query : withOption(query, option.code, Buffer.from(option.hex, 'hex'))
}
