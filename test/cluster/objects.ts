import type { Endpoint, EndpointSlice, Namespace, Pod, Service, ServiceImport } from '../../src/cluster/model.ts'

/** Objects for tests of the store: plain ones, with the fields of a case. */

export function namespace(name: string, changes: Partial<Namespace> = {}): Namespace {
  return { kind: 'Namespace', name, labels: {}, ...changes }
}

export function service(namespace: string, name: string, changes: Partial<Service> = {}): Service {
  return {
    kind: 'Service',
    namespace,
    name,
    labels: {},
    type: 'ClusterIP',
    clusterIPs: [],
    headless: false,
    ports: [],
    publishNotReadyAddresses: false,
    externalIPs: [],
    ...changes,
  }
}

export function slice(namespace: string, name: string, changes: Partial<EndpointSlice> = {}): EndpointSlice {
  return {
    kind: 'EndpointSlice',
    namespace,
    name,
    labels: {},
    addressType: 'IPv4',
    endpoints: [],
    ports: [],
    ...changes,
  }
}

export function serviceImport(namespace: string, name: string, changes: Partial<ServiceImport> = {}): ServiceImport {
  return { kind: 'ServiceImport', namespace, name, labels: {}, headless: false, ips: [], ports: [], ...changes }
}

export function endpoint(...addresses: string[]): Endpoint {
  return { addresses, ready: true, serving: true, terminating: false }
}

export function pod(namespace: string, name: string, ...podIPs: string[]): Pod {
  return { kind: 'Pod', namespace, name, labels: {}, podIPs }
}
