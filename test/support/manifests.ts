/** Manifests of one line each, for clusters that are small enough to stand in a test. JSON is YAML. */

type Spec = Readonly<Record<string, unknown>>

/** The manifests as the text of one file. */
export function manifests(...objects: readonly object[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n---\n')
}

/** A Service, by `NAMESPACE/NAME`; with one port, `http` 80, unless the spec says otherwise. */
export function service(path: string, spec: Spec): object {
  return { apiVersion: 'v1', kind: 'Service', metadata: metadata(path), spec: { ports: [http80], ...spec } }
}

/** A Service of type ClusterIP with these addresses. */
export function clusterIp(path: string, ...clusterIPs: readonly string[]): object {
  return service(path, { clusterIP: clusterIPs[0], clusterIPs })
}

/** A Service of `clusterIP: None`. */
export function headless(path: string, spec: Spec = {}): object {
  return service(path, { clusterIP: 'None', ...spec })
}

export function externalName(path: string, target: string): object {
  return service(path, { type: 'ExternalName', externalName: target })
}

/**
 * An EndpointSlice of the Service `NAMESPACE/NAME`; with one port, `http` 8080, unless the spec says otherwise.
 *
 * @param spec a Service's second slice needs a `name`
 */
export function slice(path: string, spec: Spec & { readonly endpoints: readonly Endpoint[]; name?: string }): object {
  const { namespace, name: serviceName } = metadata(path)
  const { name = `${serviceName}-slice`, endpoints, ...rest } = spec
  const addressType = endpoints[0]?.addresses[0]?.includes(':') ? 'IPv6' : 'IPv4'
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': serviceName } },
    addressType,
    ports: [{ name: 'http', port: 8080 }],
    endpoints,
    ...rest,
  }
}

export interface Endpoint {
  readonly addresses: readonly string[]
  readonly hostname?: string
  readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean }
  readonly targetRef?: { readonly kind: 'Pod'; readonly name: string }
}

/** A Pod with these addresses, labelled `app: NAME` and ready unless told otherwise. */
export function pod(
  path: string,
  ips: readonly string[],
  { app = path, ready = true, ...spec }: Spec & { readonly app?: string; readonly ready?: boolean } = {},
): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata(path), labels: { app: app.replace(/.*\//, '') } },
    spec,
    status: {
      podIP: ips[0],
      podIPs: ips.map((ip) => ({ ip })),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  }
}

export function namespace(name: string): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

const http80 = { name: 'http', port: 80 }

function metadata(path: string): { namespace: string; name: string } {
  const [namespace = '', name = ''] = path.split('/')
  return { namespace, name }
}
