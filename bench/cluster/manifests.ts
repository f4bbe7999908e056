import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ClusterPlan,
  changingAddress,
  changingName,
  clusterIP,
  endpointAddress,
  endpointsPerSlice,
  headlessName,
  namespace,
  serviceName,
  times,
} from './plan.ts'

/** Objects of one file: as many as a person would still call one file. */
const objectsPerFile = 1000

/** Objects of a file that is changed as a whole. */
export const objectsPerChange = 100

/** Writes a cluster as files of JSON into `folder`. */
export function writeManifests(folder: string, plan: ClusterPlan): void {
  mkdirSync(folder, { recursive: true })
  const ns = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  writeFileSync(join(folder, 'namespace.json'), JSON.stringify(ns))
  const { services, headless = { count: 0, endpoints: 0 }, changing = 0 } = plan
  writeLists(folder, 'services', times(services, clusterService))
  writeLists(
    folder,
    'headless',
    times(headless.count, (number) => headlessService(headlessName(number))),
  )
  writeLists(
    folder,
    'changing',
    times(changing, (number) => headlessService(changingName(number))),
  )
  const slices = times(headless.count, (number) => slicesOf(plan, number))
  writeLists(folder, 'slices', slices.flat())
  for (let file = 0; file < filesOfChanging(plan); file++) writeChange(folder, plan, file, 0)
}

export function filesOfChanging({ changing = 0 }: ClusterPlan): number {
  return Math.ceil(changing / objectsPerChange)
}

/**
 * Writes the slices of one file of changing Services anew, as an editor saves: into a file beside, then over the old one.
 *
 * @param changes how often they have changed: it makes their addresses
 * @returns how many objects these are
 */
export function writeChange(folder: string, plan: ClusterPlan, file: number, changes: number): number {
  const first = file * objectsPerChange
  const count = Math.min(objectsPerChange, (plan.changing ?? 0) - first)
  const slices = times(count, (index) => {
    const number = first + index
    return slice(changingName(number), 0, [changingAddress(plan, number, changes)])
  })
  const hidden = join(folder, `.changing-${file}.new`)
  writeFileSync(hidden, list(slices))
  renameSync(hidden, join(folder, `changing-slices-${file}.json`))
  return count
}

function writeLists(folder: string, name: string, items: readonly object[]): void {
  for (let first = 0; first < items.length; first += objectsPerFile) {
    writeFileSync(join(folder, `${name}-${first}.json`), list(items.slice(first, first + objectsPerFile)))
  }
}

function list(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
}

function clusterService(number: number): object {
  const spec = { clusterIP: clusterIP(number), ports: [{ name: 'http', port: 80 }] }
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: serviceName(number), namespace }, spec }
}

function headlessService(name: string): object {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { clusterIP: 'None' } }
}

function slicesOf(plan: ClusterPlan, number: number): object[] {
  const addresses = times(plan.headless?.endpoints ?? 0, (index) => endpointAddress(plan, number, index))
  return times(Math.ceil(addresses.length / endpointsPerSlice), (index) => {
    const first = index * endpointsPerSlice
    return slice(headlessName(number), index, addresses.slice(first, first + endpointsPerSlice))
  })
}

function slice(service: string, index: number, addresses: readonly string[]): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-${index}`, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  }
}
