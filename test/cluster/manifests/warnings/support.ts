import { expect } from 'chai'
import { formatProblem } from '../../../../src/cluster/manifests/errors.ts'
import { loadManifests } from '../../../../src/cluster/manifests/read.ts'
import { formatWarning } from '../../../../src/cluster/manifests/warnings/finding.ts'
import type { Naming } from '../../../../src/cluster/manifests/warnings/overview.ts'

/** An object on one line, so that its line tells which one of the case it is; `more` follows `metadata`. */
export function object(kind: string, metadata: string, more = '', apiVersion = 'v1'): string {
  return `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { ${metadata} }${more === '' ? '' : `, ${more}`} }`
}

export function service(metadata: string, spec: string): string {
  return object('Service', metadata, `spec: { ${spec} }`)
}

export function pod(metadata: string, spec = ''): string {
  return object('Pod', metadata, `spec: { ${spec} }`)
}

export function statefulSet(spec: string, template = 'metadata: { labels: { app: db } }', name = 'db'): string {
  return object('StatefulSet', `name: ${name}`, `spec: { ${spec}, template: { ${template} } }`, 'apps/v1')
}

export function workload(kind: string, labels: string, spec = '', podSpec = ''): string {
  const template = `template: { metadata: { labels: { ${labels} } }, spec: { ${podSpec} } }`
  return object(kind, 'name: work', `spec: { ${spec === '' ? '' : `${spec}, `}${template} }`, 'apps/v1')
}

export function slice(serviceName: string, more = 'endpoints: []'): string {
  const labels = `labels: { kubernetes.io/service-name: ${serviceName} }`
  return object(
    'EndpointSlice',
    `name: ${serviceName}-1, ${labels}`,
    `addressType: IPv4, ${more}`,
    'discovery.k8s.io/v1',
  )
}

export const ports = 'ports: [{ name: tcp, port: 80 }]'
export const selectsDb = 'selector: { app: db }'
/** The Service that `statefulSet` fits. */
export const headless = service('name: db', `clusterIP: None, ${selectsDb}, ${ports}`)
export const plain = service('name: db', `${selectsDb}, ${ports}`)
/** A Pod of `statefulSet`: where there is one, nothing waits for Pods. */
export const member = pod('name: db-0, labels: { app: db }', 'hostname: db-0, subdomain: db')
export const probed =
  'metadata: { labels: { app: db } }, spec: { containers: [{ name: a, readinessProbe: { httpGet: {} } }] }'
export const long = (length: number) => 'n'.repeat(length)

export interface Case {
  readonly title: string
  readonly manifests: readonly string[]
  /** Without the file's name. */
  readonly warnings?: readonly string[]
  readonly naming?: Naming
}

/** A test for each case: exactly these warnings, of whatever code. */
export function describeWarnings(code: string, cases: readonly Case[]): void {
  describe(`warnings of manifests: ${code}`, () => {
    for (const { title, manifests, warnings = [], naming } of cases) {
      it(`${title}: ${warnings.length === 0 ? 'nothing to say' : 'warned of'}`, () => {
        const text = manifests.join('\n---\n')
        const set = loadManifests([{ file: 'm', text }], naming === undefined ? {} : { naming })
        expect(set.problems.map(formatProblem)).to.deep.equal([])
        expect(set.warnings.map((warning) => formatWarning(warning).slice(2))).to.deep.equal(warnings)
      })
    }
  })
}
