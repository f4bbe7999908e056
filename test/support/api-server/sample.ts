import { createHash } from 'node:crypto'
import type { ApiObject } from './objects.ts'

/**
 * Objects as a cluster has them, with all that a DNS server has no use for: managedFields, uids, conditions, status.
 *
 * The same numbers make the same objects, uids and times included.
 */
export function sampleCluster({ services, endpoints, endpointsPerSlice = 100 }: SampleSize): ApiObject[] {
  const made = Array.from({ length: services }, (_, index) => sampleService(index))
  const namespaces = [...new Set(made.map((service) => String(service.metadata.namespace)))].map(sampleNamespace)
  const slices = Array.from({ length: Math.ceil(endpoints / endpointsPerSlice) }, (_, index) => {
    const service = made[index % services] as ApiObject // there is at least one where there are endpoints
    const count = Math.min(endpointsPerSlice, endpoints - index * endpointsPerSlice)
    return sampleSlice(service, count, index * endpointsPerSlice)
  })
  return [...namespaces, ...made, ...slices]
}

/** Slices are full but for the last, and go to the Services in turn: more of them than Services, and some have two. */
export interface SampleSize {
  readonly services: number
  /** Of all Services together. */
  readonly endpoints: number
  readonly endpointsPerSlice?: number
}

export function sampleNamespace(name: string): ApiObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      uid: uidOf('namespace', name),
      creationTimestamp: created,
      labels: { 'kubernetes.io/metadata.name': name, 'pod-security.kubernetes.io/enforce': 'baseline' },
      managedFields: managed('kubectl-create', 'v1', {
        'f:metadata': { 'f:labels': { '.': {}, 'f:kubernetes.io/metadata.name': {} } },
      }),
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }
}

/** A ClusterIP Service with two ports; namespaces are twenty. */
export function sampleService(index: number): ApiObject {
  const name = `service-${String(index).padStart(5, '0')}`
  const namespace = `team-${index % 20}`
  const clusterIP = `10.${96 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace,
      uid: uidOf('service', name),
      creationTimestamp: created,
      labels: labelsOf(name, namespace),
      annotations: { 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': namespace },
      managedFields: managed('helm', 'v1', {
        'f:metadata': {
          'f:annotations': { '.': {}, 'f:meta.helm.sh/release-name': {}, 'f:meta.helm.sh/release-namespace': {} },
          'f:labels': { '.': {}, ...owned(labelsOf(name, namespace)) },
        },
        'f:spec': {
          'f:internalTrafficPolicy': {},
          'f:ports': {
            '.': {},
            'k:{"port":80,"protocol":"TCP"}': {
              '.': {},
              'f:name': {},
              'f:port': {},
              'f:protocol': {},
              'f:targetPort': {},
            },
            'k:{"port":9090,"protocol":"TCP"}': {
              '.': {},
              'f:name': {},
              'f:port': {},
              'f:protocol': {},
              'f:targetPort': {},
            },
          },
          'f:selector': {},
          'f:sessionAffinity': {},
          'f:type': {},
        },
      }),
    },
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [
        { name: 'http', protocol: 'TCP', port: 80, targetPort: 'http' },
        { name: 'metrics', protocol: 'TCP', port: 9090, targetPort: 9090 },
      ],
      selector: { 'app.kubernetes.io/name': name },
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
    status: { loadBalancer: {} },
  }
}

/**
 * A slice of a Service, as the EndpointSlice controller makes it.
 *
 * @param first which Pod is the first endpoint: tells slices of one Service, and the addresses in them, apart
 */
export function sampleSlice(service: ApiObject, endpoints: number, first = 0): ApiObject {
  const { name: serviceName, namespace = 'default', uid, labels } = service.metadata
  const name = `${serviceName}-${uidOf('slice', `${serviceName}/${first}`).slice(0, 5)}`
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name,
      generateName: `${serviceName}-`,
      namespace,
      uid: uidOf('slice', `${namespace}/${name}`),
      generation: 3,
      creationTimestamp: created,
      labels: {
        ...labels,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': serviceName,
      },
      annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': created },
      ownerReferences: [
        { apiVersion: 'v1', kind: 'Service', name: serviceName, uid, controller: true, blockOwnerDeletion: true },
      ],
      managedFields: managed('kube-controller-manager', 'discovery.k8s.io/v1', {
        'f:addressType': {},
        'f:endpoints': {},
        'f:metadata': {
          'f:annotations': { '.': {}, 'f:endpoints.kubernetes.io/last-change-trigger-time': {} },
          'f:generateName': {},
          'f:labels': { '.': {}, ...owned(labels ?? {}) },
          'f:ownerReferences': { '.': {}, [`k:{"uid":"${uid}"}`]: {} },
        },
        'f:ports': {},
      }),
    },
    addressType: 'IPv4',
    endpoints: Array.from({ length: endpoints }, (_, at) => sampleEndpoint(service, first + at)),
    ports: [
      { name: 'http', protocol: 'TCP', port: 8080 },
      { name: 'metrics', protocol: 'TCP', port: 9090 },
    ],
  }
}

function sampleEndpoint({ metadata: { name, namespace } }: ApiObject, index: number): object {
  const pod = `${name}-7d9f8b6c5-${uidOf('pod', `${name}/${index}`).slice(0, 5)}`
  return {
    addresses: [podAddress(index)],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: `node-${index % 50}`,
    targetRef: { kind: 'Pod', name: pod, namespace, uid: uidOf('pod', pod) },
    zone: `eu-west-1${'abc'[index % 3]}`,
  }
}

/** A Pod that runs, and is ready. */
export function samplePod(index: number): ApiObject {
  const app = `service-${String(index % 1000).padStart(5, '0')}`
  const name = `${app}-7d9f8b6c5-${uidOf('pod', String(index)).slice(0, 5)}`
  const namespace = `team-${index % 20}`
  const address = podAddress(index)
  const condition = (type: string) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: created })
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${app}-7d9f8b6c5-`,
      namespace,
      uid: uidOf('pod', name),
      creationTimestamp: created,
      labels: { ...labelsOf(app, namespace), 'pod-template-hash': '7d9f8b6c5' },
      managedFields: managed('kubelet', 'v1', {
        'f:status': {
          'f:conditions': {
            'k:{"type":"Ready"}': { '.': {}, 'f:lastTransitionTime': {}, 'f:status': {}, 'f:type': {} },
          },
          'f:containerStatuses': {},
          'f:hostIP': {},
          'f:phase': {},
          'f:podIP': {},
          'f:podIPs': {},
        },
      }),
    },
    spec: {
      containers: [{ name: 'app', image: 'registry.example/app:1.0', ports: [{ name: 'http', containerPort: 8080 }] }],
      nodeName: `node-${index % 50}`,
      restartPolicy: 'Always',
      serviceAccountName: 'default',
      terminationGracePeriodSeconds: 30,
    },
    status: {
      phase: 'Running',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
        condition,
      ),
      hostIP: `192.168.0.${index % 50}`,
      podIP: address,
      podIPs: [{ ip: address }],
      qosClass: 'Burstable',
      startTime: created,
    },
  }
}

const created = '2026-06-01T08:30:00Z'

/** 10.0.0.0/10, each of its own up to four million. */
function podAddress(index: number): string {
  return `10.${(index >> 16) & 63}.${(index >> 8) & 255}.${index & 255}`
}

function labelsOf(name: string, namespace: string): Record<string, string> {
  return {
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/managed-by': 'Helm',
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': namespace,
    'helm.sh/chart': 'application-1.4.2',
  }
}

/** FieldsV1 of a map: each key with `f:` before it. */
function owned(map: Readonly<Record<string, string>>): Record<string, object> {
  return Object.fromEntries(Object.keys(map).map((key) => [`f:${key}`, {}]))
}

function managed(manager: string, apiVersion: string, fieldsV1: object): readonly object[] {
  return [{ manager, operation: 'Update', apiVersion, time: created, fieldsType: 'FieldsV1', fieldsV1 }]
}

/** Of the form of a version 4 UUID, and always the same for the same words. */
function uidOf(kind: string, name: string): string {
  const hex = createHash('md5').update(`${kind}/${name}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}
