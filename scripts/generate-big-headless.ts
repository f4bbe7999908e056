/**
 * Writes fixtures/big-headless: a headless Service of 1,000 endpoints, in ten EndpointSlices of 100.
 *
 * Run it with `node scripts/generate-big-headless.ts`; it writes the same octets each time.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const slices = 10
const endpointsPerSlice = 100
const folder = join(import.meta.dirname, '..', 'fixtures', 'big-headless')

await mkdir(folder, { recursive: true })
await writeFile(join(folder, 'service.yaml'), serviceText())
await Promise.all(
  Array.from({ length: slices }, (_, index) => writeFile(join(folder, `slice-${index}.yaml`), sliceText(index))),
)

function serviceText(): string {
  return `# Made by scripts/generate-big-headless.ts: ${slices * endpointsPerSlice} endpoints.
apiVersion: v1
kind: Namespace
metadata:
  name: load
---
apiVersion: v1
kind: Service
metadata:
  name: big
  namespace: load
spec:
  clusterIP: None
  selector: { app: big }
  ports:
    - { name: http, port: 8080 }
`
}

function sliceText(slice: number): string {
  const endpoints = Array.from({ length: endpointsPerSlice }, (_, at) => endpointText(slice * endpointsPerSlice + at))
  return `# Made by scripts/generate-big-headless.ts.
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: big-${slice}
  namespace: load
  labels:
    kubernetes.io/service-name: big
addressType: IPv4
ports:
  - { name: http, port: 8080, protocol: TCP }
endpoints:
${endpoints.join('\n')}
`
}

/** Endpoint N is Pod big-N; 250 of them share the third octet of their addresses. */
function endpointText(index: number): string {
  const address = `10.244.${100 + Math.floor(index / 250)}.${1 + (index % 250)}`
  return [
    `  - addresses: [${address}]`,
    `    hostname: big-${index}`,
    '    conditions: { ready: true, serving: true, terminating: false }',
    `    targetRef: { kind: Pod, namespace: load, name: big-${index} }`,
  ].join('\n')
}
