import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'
import { counted } from '../../util/counted.ts'

export * from '../../plugin/zone-reasons.ts'

/**
 * Why a name is answered as it is: every decision of this plugin, with the objects that took it.
 *
 * Texts fit an Extended DNS Error: the deciding object first, 120 octets where names are of common length.
 */
const { Other } = EXTENDED_ERROR

// The form of the name.

export const dnsVersion = defineReason('dns-version', Other, () => 'the version of the DNS schema')
export const noSuchForm = defineReason(
  'no-such-form',
  Other,
  ({ labels }: { labels: readonly string[] }) => `'${labels.join('.')}' has the form of no name of the schema`,
)

// Namespaces.

export const namespace = defineReason(
  'namespace',
  Other,
  ({ namespace: name }: { namespace: string }) => `Namespace ${name} exists, and has no records of its own`,
)
export const namespaceMissing = defineReason(
  'namespace-missing',
  Other,
  ({ namespace: name }: { namespace: string }) => `there is no Namespace ${name}`,
)
export const namespaceNotExposed = defineReason(
  'namespace-not-exposed',
  Other,
  ({ namespace: name }: { namespace: string }) => `Namespace ${name} is left out by the configuration`,
)

// Services.

type OfService = {
  /** `NAMESPACE/NAME`. */
  readonly service: string
}

/** Not in the text: that lives in cached answers, and another Service's birth does not touch them. */
type Hint = {
  readonly nearest: () => string | undefined
}

export const noSuchService = defineReason(
  'no-such-service',
  Other,
  ({ service }: OfService & Hint) => `there is no Service ${service}`,
)
export const serviceNotExposed = defineReason(
  'service-not-exposed',
  Other,
  ({ service }: OfService) => `Service ${service} is left out by the configuration`,
)
export const clusterIp = defineReason(
  'cluster-ip',
  Other,
  ({ service, type, clusterIPs }: OfService & { type: string; clusterIPs: readonly string[] }) =>
    `Service ${service} of type ${type} has ${clusterIPs.join(', ')}`,
)
export const noClusterIp = defineReason(
  'no-cluster-ip',
  Other,
  ({ service }: OfService) => `Service ${service} has no cluster IP yet`,
)
export const noSuchPort = defineReason(
  'no-such-port',
  Other,
  ({ service, port, ports }: OfService & { port: string; ports: readonly string[] }) =>
    `Service ${service} has no port ${port}${ports.length === 0 ? '' : `; it has ${ports.join(', ')}`}`,
)
export const externalName = defineReason(
  'external-name',
  Other,
  ({ service, target }: OfService & { target: string }) => `Service ${service} is another name for ${target}`,
)
export const externalNameAddress = defineReason(
  'external-name-address',
  Other,
  ({ service, target }: OfService & { target: string }) =>
    `the externalName of Service ${service} is '${target}', which is no name`,
)
export const externalNameBelow = defineReason(
  'external-name-below',
  Other,
  ({ service }: OfService) => `Service ${service} is an ExternalName: nothing stands below it`,
)

// Endpoints.

type OfEndpoint = OfService & {
  readonly endpoint: string
}

export const headlessEndpoints = defineReason(
  'headless-endpoints',
  Other,
  ({ service, endpoints, ready }: OfService & { endpoints: number; ready: number }) =>
    `Service ${service}: ${ready} of ${endpoints} endpoints are ready`,
)
export const headlessNoEndpoints = defineReason(
  'headless-no-endpoints',
  Other,
  ({ service }: OfService) => `headless Service ${service} has no endpoints`,
)
export const headlessNoReadyEndpoints = defineReason(
  'headless-no-ready-endpoints',
  Other,
  ({
    service,
    endpoints,
    publishNotReadyAddresses,
  }: OfService & { endpoints: number; publishNotReadyAddresses: boolean }) =>
    `Service ${service}: ${endpoints} endpoints, 0 ready, publishNotReadyAddresses=${publishNotReadyAddresses}`,
)
export const headlessNames = defineReason(
  'headless-names',
  Other,
  ({ service, target }: OfService & { target: string }) => `the endpoints of Service ${service} are names: ${target}`,
)
export const endpoint = defineReason(
  'endpoint',
  Other,
  ({ service, endpoint: label }: OfEndpoint) => `${label} is a ready endpoint of Service ${service}`,
)
export const noSuchEndpoint = defineReason(
  'no-such-endpoint',
  Other,
  ({ service, endpoint: label }: OfEndpoint & Hint) => `no endpoint of Service ${service} is called ${label}`,
)
export const endpointNotReady = defineReason(
  'endpoint-not-ready',
  Other,
  ({ service, endpoint: label }: OfEndpoint) => `endpoint ${label} of Service ${service} is not ready`,
)
export const serviceNameMismatch = defineReason(
  'statefulset-service-name-mismatch',
  Other,
  ({ service, endpoint: label }: OfEndpoint) =>
    `Pod ${label} is an endpoint of Service ${service} without a name: its subdomain names another Service`,
)
export const zoneEndpoints = defineReason(
  'zone-endpoints',
  Other,
  ({ service, topologyZone, ready }: OfService & { topologyZone: string; ready: number }) =>
    `Service ${service} has ${counted(ready, 'ready endpoint')} in zone ${topologyZone}`,
)
export const zoneNotHeadless = defineReason(
  'zone-not-headless',
  Other,
  ({ service }: OfService) => `Service ${service} is not headless: only endpoints have a zone`,
)

// ServiceImports.

export const noSuchImport = defineReason(
  'no-such-service-import',
  Other,
  ({ service }: OfService) => `there is no ServiceImport ${service}`,
)
export const importFound = defineReason(
  'service-import',
  Other,
  ({ service }: OfService) => `ServiceImport ${service} gives the records`,
)
export const importEmpty = defineReason(
  'service-import-empty',
  Other,
  ({ service }: OfService) => `ServiceImport ${service} has nothing of that name that can be reached`,
)

// Pods.

export const podsDisabled = defineReason('pods-disabled', Other, () => "names of Pods are off: 'pods disabled'")
export const podNoAddress = defineReason(
  'pod-no-address',
  Other,
  ({ pod: label }: { pod: string }) => `'${label}' spells no address`,
)
export const noSuchPod = defineReason(
  'no-such-pod',
  Other,
  ({ namespace: name, address }: { namespace: string; address: string }) =>
    `no Pod of Namespace ${name} has the address ${address}`,
)
export const pod = defineReason('pod', Other, ({ address }: { address: string }) => `the name spells ${address}`)

// Reverse names.

type OfAddress = {
  readonly address: string
}

export const reverseService = defineReason(
  'reverse-service',
  Other,
  ({ address, service }: OfAddress & OfService) => `${address} is the cluster IP of Service ${service}`,
)
export const reverseEndpoints = defineReason(
  'reverse-endpoints',
  Other,
  ({ address, endpoints }: OfAddress & { endpoints: number }) =>
    `${address} is that of ${counted(endpoints, 'ready endpoint')}`,
)
export const reverseNotReady = defineReason(
  'reverse-not-ready',
  Other,
  ({ address, service }: OfAddress & OfService) => `the endpoint of Service ${service} with ${address} is not ready`,
)
export const noSuchAddress = defineReason(
  'no-such-address',
  Other,
  ({ address }: OfAddress) => `no Service or endpoint has the address ${address}`,
)

// Aliases.

type OfTarget = {
  readonly target: string
}

export const aliasFollowed = defineReason('alias-followed', Other, ({ target }: OfTarget) => `${target} was followed`)
export const aliasWithoutAddress = defineReason(
  'alias-without-address',
  Other,
  ({ target }: OfTarget) => `${target} has no address of that family`,
)
