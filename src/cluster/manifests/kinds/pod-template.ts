import type { PodTemplate } from '../drafts.ts'
import { child, type Field, mapAt, mapsAt, silently, stringAt } from '../field.ts'
import { readLabels } from '../metadata.ts'

/** Reads a core/v1 PodTemplateSpec as far as warnings need it; what is wrong in it is passed over in silence. */
export function readPodTemplate(template: Field): PodTemplate {
  const quiet = silently(template)
  const spec = mapAt(quiet, 'spec')
  return {
    labels: readLabels(mapAt(quiet, 'metadata'), 'labels'),
    hostname: wordAt(spec, 'hostname'),
    subdomain: wordAt(spec, 'subdomain'),
    subdomainAt: child(spec, 'subdomain').at,
    hasReadinessProbe: hasReadinessProbe(spec),
  }
}

/** Text of a child that nothing has validated, if it is fit for one line of a message: a name of any syntax. */
export function wordAt(parent: Field, name: string): string | undefined {
  const text = stringAt(parent, name)
  return text !== undefined && isWord(text) ? text : undefined
}

export function isWord(text: string): boolean {
  return /^[!-~]{1,253}$/.test(text)
}

/** Whether a Pod is ready only once a probe says so: init containers have probes where they run on beside the others. */
export function hasReadinessProbe(spec: Field): boolean {
  const quiet = silently(spec)
  const sidecars = mapsAt(quiet, 'initContainers').filter(
    (container) => stringAt(container, 'restartPolicy') === 'Always',
  )
  const containers = [...mapsAt(quiet, 'containers'), ...sidecars]
  return containers.some((container) => child(container, 'readinessProbe').value?.kind === 'map')
}
