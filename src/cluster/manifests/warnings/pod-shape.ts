import type { Labels } from '../../model.ts'
import type { PodDraft, PodTemplate, WorkloadDraft } from '../drafts.ts'
import type { Place } from '../errors.ts'
import { holds } from '../selector.ts'

/** A Pod, or all that a workload makes of its template. */
export interface PodShape extends PodTemplate {
  readonly at: Place
  readonly namespace: string
  readonly name: string
  /** `Pod shop/db-0`, `StatefulSet shop/db`. */
  readonly title: string
  /** Undefined for a Pod by itself. */
  readonly workload: WorkloadDraft | undefined
}

export function shapeOfPod(pod: PodDraft): PodShape {
  return { ...pod, title: `Pod ${pod.namespace}/${pod.name}`, workload: undefined }
}

export function shapeOfWorkload(workload: WorkloadDraft): PodShape {
  const { at, namespace, name, template } = workload
  return { ...template, at, namespace, name, title: `${workload.kind} ${namespace}/${name}`, workload }
}

/** Whether a Service with this selector selects its Pods, or some of them. */
export function isSelected(shape: PodShape, selector: Labels): boolean {
  return unmatched(shape, selector).length === 0
}

/** The pairs of a selector that a Pod lacks and that its workload would not put on it either. */
export function unmatched({ labels, workload }: PodShape, selector: Labels): [string, string][] {
  return Object.entries(selector).filter(([key, value]) => {
    if (holds(labels, key, value)) return false
    return workload === undefined || addedLabels.get(key)?.(workload, value) !== true
  })
}

/** Whether a controller puts a label of this key on Pods: templates need not have it. */
export function isAddedLabel(key: string): boolean {
  return addedLabels.has(key)
}

type Adds = (workload: WorkloadDraft, value: string) => boolean

const addsToKinds =
  (...kinds: readonly string[]): Adds =>
  ({ kind }) =>
    kinds.includes(kind)

const isOrdinal: Adds = (workload, value) => numbersPod(workload, `${workload.name}-${value}`)

/** A CronJob calls its Jobs after itself and the time. */
const isJobName: Adds = ({ kind, name }, value) =>
  (kind === 'Job' && value === name) || (kind === 'CronJob' && value.startsWith(`${name}-`))

/** What the controllers of Kubernetes add to the labels of a template; hashes can be anything. */
const addedLabels: ReadonlyMap<string, Adds> = new Map([
  ['apps.kubernetes.io/pod-index', isOrdinal],
  ['batch.kubernetes.io/controller-uid', addsToKinds('Job', 'CronJob')],
  ['batch.kubernetes.io/job-completion-index', isOrdinal],
  ['batch.kubernetes.io/job-name', isJobName],
  ['controller-revision-hash', addsToKinds('DaemonSet', 'StatefulSet')],
  ['controller-uid', addsToKinds('Job', 'CronJob')],
  ['job-name', isJobName],
  ['pod-template-generation', addsToKinds('DaemonSet')],
  ['pod-template-hash', addsToKinds('Deployment', 'ReplicaSet')],
  ['statefulset.kubernetes.io/pod-name', numbersPod],
])

/** Whether a workload makes a Pod of this name, or hostname: it numbers its Pods, and the number is one of them. */
export function numbersPod({ name, ordinals }: WorkloadDraft, podName: string): boolean {
  if (ordinals === undefined || !podName.startsWith(`${name}-`)) return false
  const digits = podName.slice(name.length + 1)
  const index = /^(0|[1-9]\d*)$/.test(digits) ? Number(digits) - ordinals.start : -1
  return index >= 0 && (ordinals.count === undefined || index < ordinals.count)
}

/** The name of the Pod of the highest number; undefined where there is none, or nothing numbers them. */
export function lastNumbered({ name, ordinals }: WorkloadDraft): string | undefined {
  const count = ordinals?.count ?? 1
  return ordinals === undefined || count === 0 ? undefined : `${name}-${ordinals.start + count - 1}`
}

/** The name of the Pod of the lowest number, for examples. */
export function firstNumbered({ name, ordinals }: WorkloadDraft): string {
  return `${name}-${ordinals?.start ?? 0}`
}

/** The hostname that an endpoint of this Pod has under a Service; of several Pods, the first one's. */
export function hostnameUnder(shape: PodShape, serviceName: string): string | undefined {
  const { workload } = shape
  if (workload?.governor !== undefined) {
    return workload.governor.name === serviceName ? firstNumbered(workload) : undefined
  }
  if (shape.subdomain !== serviceName) return undefined
  return shape.hostname ?? (workload?.ordinals === undefined ? undefined : firstNumbered(workload))
}

/** Whether an endpoint of this Pod, or of one of these, has this hostname under a Service. */
export function hasHostnameUnder(shape: PodShape, serviceName: string, hostname: string): boolean {
  const first = hostnameUnder(shape, serviceName)
  if (first === undefined || first === hostname) return first === hostname
  return shape.workload !== undefined && numbersPod(shape.workload, hostname)
}
