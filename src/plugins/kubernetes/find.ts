import { addressTag, namespaceTag } from '../../cluster/tags.ts'
import { labelsBelow, type Name } from '../../dns/name.ts'
import { isReverseName } from '../../dns/reverse.ts'
import type { Step } from '../../plugin/reason.ts'
import { findService } from './find-service.ts'
import { findImport } from './multicluster.ts'
import { nameservers } from './nameservers.ts'
import { backendsNode, empty, type Finding, missing } from './node.ts'
import { addressOfPodLabel, isPodAddress } from './pods.ts'
import { type NameForm, parseQueryName, type Subtree } from './query-name.ts'
import * as reasons from './reasons.ts'
import { findReverse } from './reverse.ts'
import { isExposed, isListed, type View } from './view.ts'

/**
 * What stands at a name, and why.
 *
 * @param zone the zone of the plugin that `name` lies in
 */
export function find(view: View, zone: Name, name: Name): Finding {
  const multicluster = view.config.multiclusterZones.includes(zone)
  const form = parseQueryName(labelsBelow(name, zone), { multicluster, zonal: view.config.zonal })
  if (isReverseName(name) && !isServerForm(form)) return findReverse(view, name)
  return findForm(view, { zone, name, form, multicluster })
}

/** Forms that every zone has, also a reverse one. */
function isServerForm({ kind }: NameForm): boolean {
  return kind === 'apex' || kind === 'dns-version' || kind === 'dns' || kind === 'nameserver'
}

interface Asked {
  readonly zone: Name
  readonly name: Name
  readonly form: NameForm
  readonly multicluster: boolean
}

function findForm(view: View, { zone, name, form, multicluster }: Asked): Finding {
  switch (form.kind) {
    case 'apex': {
      const { servers, tags } = nameservers(view, zone)
      return { node: { kind: 'apex', nameservers: servers }, tags, step: reasons.apex({ zone }) }
    }
    case 'nameserver': {
      const { servers, tags } = nameservers(view, zone)
      const node = backendsNode(servers.map(({ address }) => ({ address, target: name })))
      return { node, tags, step: reasons.nameserver({ addresses: servers.length }) }
    }
    case 'dns-version':
      return { node: { kind: 'dns-version' }, tags: [], step: reasons.dnsVersion({}) }
    case 'dns':
    case 'subtree':
      return { node: empty, tags: [], step: reasons.emptyNonTerminal({}) }
    case 'none':
      return { node: missing, tags: [], step: reasons.noSuchForm({ labels: form.labels }) }
    case 'namespace':
      return findNamespace(view, form.subtree, form.namespace)
    case 'pod':
      return findPod(view, name, form)
    default:
      return findBelowNamespace(view, form.namespace, () =>
        multicluster && form.kind !== 'zonal' ? findImport(view, zone, form) : findService(view, zone, form),
      )
  }
}

function findNamespace(view: View, subtree: Subtree, namespace: string): Finding {
  if (subtree === 'pod' && view.config.pods === 'disabled') {
    return { node: missing, tags: [namespaceTag(namespace)], step: reasons.podsDisabled({}) }
  }
  return findBelowNamespace(view, namespace, () => ({ node: empty, tags: [], step: reasons.namespace({ namespace }) }))
}

/** Names below a Namespace exist only while it does, and only where the configuration lets them. */
function findBelowNamespace(view: View, namespace: string, search: () => Finding): Finding {
  const tags = [namespaceTag(namespace)]
  if (!isExposed(view, namespace)) {
    return { node: missing, tags, step: namespaceAbsence(view, namespace) }
  }
  const { node, step, tags: more } = search()
  return { node, step, tags: [...tags, ...more] }
}

/** Why a Namespace that is not exposed is not. */
export function namespaceAbsence({ config, cluster }: View, namespace: string): Step {
  const isThere = cluster.namespace(namespace) !== undefined || !isListed(config, namespace)
  const reason = isThere ? reasons.namespaceNotExposed : reasons.namespaceMissing
  return reason({ namespace })
}

function findPod(view: View, name: Name, { namespace, pod }: NameForm & { kind: 'pod' }): Finding {
  const { pods } = view.config
  if (pods === 'disabled') return { node: missing, tags: [], step: reasons.podsDisabled({}) }
  return findBelowNamespace(view, namespace, () => {
    const address = addressOfPodLabel(pod)
    if (address === undefined) return { node: missing, tags: [], step: reasons.podNoAddress({ pod }) }
    const tags = [addressTag(address)]
    if (pods === 'verified' && !isPodAddress(view, namespace, address)) {
      return { node: missing, tags, step: reasons.noSuchPod({ namespace, address }) }
    }
    // CoreDNS gives a Pod an SRV record of port 0 that leads to the name itself.
    return { node: backendsNode([{ address, port: 0, target: name }]), tags, step: reasons.pod({ address }) }
  })
}
