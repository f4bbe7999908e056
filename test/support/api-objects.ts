import type { ApiObject, ObjectMeta } from './api-server/objects.ts'

/** Objects as the API has them, with the fields of a case. */

type Meta = Omit<ObjectMeta, 'name' | 'namespace'>

export function apiNamespace(name: string, metadata: Meta = {}): ApiObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...metadata } }
}

/** @param name `namespace/name` */
export function apiService(
  name: string,
  spec: object = {},
  more: { metadata?: Meta; status?: object } = {},
): ApiObject {
  const { metadata = {}, status } = more
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...named(name), ...metadata },
    spec: { type: 'ClusterIP', ...spec },
    ...(status !== undefined && { status }),
  }
}

/** A slice of a Service; each endpoint is an address, or as the API has it. */
export function apiSlice(
  name: string,
  service: string,
  endpoints: readonly (string | object)[],
  more: { metadata?: Meta; ports?: readonly object[]; addressType?: string } = {},
): ApiObject {
  const { metadata = {}, ports = [{ name: 'http', port: 8080, protocol: 'TCP' }], addressType = 'IPv4' } = more
  const labels = { 'kubernetes.io/service-name': service, ...(metadata as ObjectMeta).labels }
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...named(name), ...metadata, labels },
    addressType,
    endpoints: endpoints.map((each) => (typeof each === 'string' ? { addresses: [each] } : each)),
    ports,
  }
}

export function apiPod(name: string, ip: string, metadata: Meta = {}): ApiObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...named(name), ...metadata },
    spec: {},
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
  }
}

export function apiImport(name: string, spec: object): ApiObject {
  return { apiVersion: 'multicluster.x-k8s.io/v1alpha1', kind: 'ServiceImport', metadata: named(name), spec }
}

function named(name: string): { readonly namespace: string; readonly name: string } {
  const [namespace = '', rest = ''] = name.split('/')
  return { namespace, name: rest }
}
