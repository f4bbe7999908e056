import type { ApiObject } from '../support/api-server/objects.ts'

export function service(name: string, labels: Record<string, string> = {}, namespace = 'shop'): ApiObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace, labels }, spec: { clusterIP: '10.96.0.1' } }
}

export function slice(name: string): ApiObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'shop' },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'] }],
    ports: [],
  }
}

export function namespace(name: string): ApiObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

export function serviceImport(name: string): ApiObject {
  return {
    apiVersion: 'multicluster.x-k8s.io/v1alpha1',
    kind: 'ServiceImport',
    metadata: { name, namespace: 'shop' },
    spec: { type: 'ClusterSetIP', ips: ['10.96.9.9'] },
  }
}
