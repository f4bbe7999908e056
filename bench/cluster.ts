import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Objects of one file: as many as a person would still call one file. */
const servicesPerFile = 1000

/**
 * Writes the manifests of `count` ClusterIP Services into `folder`.
 *
 * @returns their names, each of which has one A record
 */
export function writeServices(folder: string, count: number): string[] {
  mkdirSync(folder, { recursive: true })
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bench' } }
  writeFileSync(join(folder, 'namespace.json'), JSON.stringify(namespace))
  for (let first = 0; first < count; first += servicesPerFile) {
    const length = Math.min(servicesPerFile, count - first)
    const items = Array.from({ length }, (_, index) => service(first + index))
    writeFileSync(join(folder, `services-${first}.json`), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  }
  return Array.from({ length: count }, (_, number) => `${serviceName(number)}.bench.svc.cluster.local`)
}

function service(number: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: serviceName(number), namespace: 'bench' },
    spec: { clusterIP: clusterIP(number), ports: [{ port: 80 }] },
  }
}

function serviceName(number: number): string {
  return `service-${number}`
}

/** The addresses of 10.96.0.0/12 in order, from 10.96.0.1. */
function clusterIP(number: number): string {
  const host = number + 1
  return `10.${96 + (host >> 16)}.${(host >> 8) & 255}.${host & 255}`
}
