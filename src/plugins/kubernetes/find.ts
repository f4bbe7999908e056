import { isIP } from 'node:net'
import type { Service } from '../../cluster/model.ts'
import { addressTag, namespaceTag, serviceTag, type Tag } from '../../cluster/tags.ts'
import { labelsBelow, type Name, tryParseName } from '../../dns/name.ts'
import { isReverseName } from '../../dns/reverse.ts'
import { clusterIpBackends, type EndpointSelector, endpointBackends } from './backends.ts'
import { nameservers } from './nameservers.ts'
import type { Backend, Finding, Node, PortSelector } from './node.ts'
import { addressOfPodLabel, isPodAddress } from './pods.ts'
import { type NameForm, parseQueryName } from './query-name.ts'
import { findReverse } from './reverse.ts'
import { isExposed, type View } from './view.ts'

const missing: Node = { kind: 'missing' }
const empty: Node = { kind: 'empty' }

/**
 * What stands at a name.
 *
 * @param zone the zone of the plugin that `name` lies in
 */
export function find(view: View, zone: Name, name: Name): Finding {
  const form = parseQueryName(labelsBelow(name, zone))
  if (isReverseName(name) && !isServerForm(form)) return findReverse(view, name)
  return findForm(view, zone, name, form)
}

/** Forms that every zone has, also a reverse one. */
function isServerForm({ kind }: NameForm): boolean {
  return kind === 'apex' || kind === 'dns-version' || kind === 'dns' || kind === 'nameserver'
}

function findForm(view: View, zone: Name, name: Name, form: NameForm): Finding {
  switch (form.kind) {
    case 'apex': {
      const { servers, tags } = nameservers(view, zone)
      return { node: { kind: 'apex', nameservers: servers }, tags }
    }
    case 'nameserver': {
      const { servers, tags } = nameservers(view, zone)
      return { node: toBackends(servers.map(({ address }) => ({ address, target: name }))), tags }
    }
    case 'dns-version':
      return { node: { kind: 'dns-version' }, tags: [] }
    case 'dns':
    case 'subtree':
      return { node: empty, tags: [] }
    case 'none':
      return { node: missing, tags: [] }
    case 'namespace':
      return findNamespace(view, form)
    case 'pod':
      return findPod(view, name, form)
    case 'service':
    case 'endpoint':
    case 'port':
      return findService(view, zone, form)
    default:
      return form satisfies never
  }
}

function findNamespace(view: View, { subtree, namespace }: NameForm & { kind: 'namespace' }): Finding {
  const hidden = subtree === 'pod' && view.config.pods === 'disabled'
  return { node: !hidden && isExposed(view, namespace) ? empty : missing, tags: [namespaceTag(namespace)] }
}

function findPod(view: View, name: Name, { namespace, pod }: NameForm & { kind: 'pod' }): Finding {
  const address = addressOfPodLabel(pod)
  const tags: Tag[] = [namespaceTag(namespace), ...(address === undefined ? [] : [addressTag(address)])]
  const { pods } = view.config
  if (pods === 'disabled' || address === undefined || !isExposed(view, namespace)) return { node: missing, tags }
  if (pods === 'verified' && !isPodAddress(view.cluster, namespace, address)) return { node: missing, tags }
  // CoreDNS gives a Pod an SRV record of port 0 that leads to the name itself.
  return { node: toBackends([{ address, port: 0, target: name }]), tags }
}

type ServiceForm = NameForm & { kind: 'service' | 'endpoint' | 'port' }

function findService(view: View, zone: Name, form: ServiceForm): Finding {
  const tags = [namespaceTag(form.namespace), serviceTag(form.namespace, form.service)]
  const service = view.cluster.service(form.namespace, form.service)
  const node =
    service !== undefined && isExposed(view, form.namespace) ? serviceNode(view, zone, service, form) : missing
  return { node, tags }
}

function serviceNode(view: View, zone: Name, service: Service, form: ServiceForm): Node {
  if (service.type === 'ExternalName') return form.kind === 'service' ? aliasNode(service) : missing
  const endpoints = (selector?: EndpointSelector) =>
    endpointBackends(
      view.cluster.slicesOf(service.namespace, service.name),
      { zone, endpointPodNames: view.config.endpointPodNames },
      selector,
    )
  const backends = (port?: PortSelector) =>
    service.headless ? endpoints(port === undefined ? {} : { port }) : clusterIpBackends(service, zone, port)

  switch (form.kind) {
    case 'service':
      return toBackends(backends())
    case 'port':
      return toBackends(backends(form))
    case 'endpoint': {
      const node = toBackends(endpoints({ label: form.label }))
      return node === missing && isProtocolLabel(form.label, backends) ? empty : node
    }
    default:
      return form satisfies never
  }
}

/** `_tcp.SERVICE…` has no records, but stands above `_port._tcp.SERVICE…` (RFC 8020); CoreDNS denies it. */
function isProtocolLabel(label: string, backends: (port: PortSelector) => readonly Backend[]): boolean {
  return label.startsWith('_') && label.length > 1 && backends({ port: '', protocol: label.slice(1) }).length > 0
}

/** An ExternalName that is an address is no name: the Service does not exist, as in CoreDNS. */
function aliasNode(service: Service): Node {
  const { externalName = '' } = service
  const target = isIP(externalName) === 0 ? tryParseName(externalName) : undefined
  return target === undefined ? missing : { kind: 'alias', target }
}

/** Nothing to reach is no name: DNS specification 2.4.1, as amended in 2018. */
function toBackends(backends: readonly Backend[]): Node {
  return backends.length === 0 ? missing : { kind: 'backends', backends }
}
