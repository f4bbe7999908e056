import type { Ordinals, WorkloadDraft } from '../drafts.ts'
import { child, type Field, integerAt, mapAt, silently, stringAt } from '../field.ts'
import { defaultNamespace } from '../metadata.ts'
import { isWord, readPodTemplate, wordAt } from './pod-template.ts'

const workloadKinds: readonly string[] = [
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
]

const counts = { min: 0, max: 2 ** 31 - 1 } as const

/**
 * Reads what a workload says of the Pods it makes, for warnings.
 *
 * Nothing is validated, and what is malformed counts as not there. An object of another kind is a workload, too, if
 * it has a template with containers at the usual place (`spec.template`): what custom resources make Pods of.
 */
export function readWorkload(root: Field, kind: string): WorkloadDraft | undefined {
  const quiet = silently(root)
  const metadata = mapAt(quiet, 'metadata')
  const name = wordAt(metadata, 'name') ?? wordAt(metadata, 'generateName')
  const spec = mapAt(quiet, 'spec')
  const template = templateOf(spec, kind)
  if (name === undefined || template === undefined || !isWord(kind)) return undefined
  return {
    kind,
    at: child(metadata, 'name').at,
    namespace: wordAt(metadata, 'namespace') ?? defaultNamespace,
    name,
    template: readPodTemplate(template),
    ...readNumbering(spec, kind),
  }
}

function templateOf(spec: Field, kind: string): Field | undefined {
  const parent = kind === 'CronJob' ? mapAt(mapAt(spec, 'jobTemplate'), 'spec') : spec
  const template = mapAt(parent, 'template')
  if (workloadKinds.includes(kind)) return template
  return child(mapAt(template, 'spec'), 'containers').value?.kind === 'list' ? template : undefined
}

function readNumbering(spec: Field, kind: string): Pick<WorkloadDraft, 'governor' | 'ordinals'> {
  if (kind === 'StatefulSet') {
    const governor = { name: wordAt(spec, 'serviceName'), at: child(spec, 'serviceName').at }
    return { governor, ordinals: readOrdinals(spec) }
  }
  const isIndexed = kind === 'Job' && stringAt(spec, 'completionMode') === 'Indexed'
  return isIndexed ? { ordinals: { start: 0, count: integerAt(spec, 'completions', counts) } } : {}
}

function readOrdinals(spec: Field): Ordinals {
  const start = integerAt(mapAt(spec, 'ordinals'), 'start', counts) ?? 0
  return { start, count: integerAt(spec, 'replicas', counts) }
}
