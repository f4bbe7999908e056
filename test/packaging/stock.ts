/**
 * What kubeadm 1.37 gives CoreDNS, value by value: cmd/kubeadm/app/phases/addons/dns/manifests.go.
 *
 * Paths are those of `leavesOf`.
 */
export const stockDeployment: Readonly<Record<string, unknown>> = {
  'spec.replicas': 2,
  'spec.strategy.type': 'RollingUpdate',
  'spec.strategy.rollingUpdate.maxUnavailable': 1,
  'spec.selector.matchLabels.k8s-app': 'kube-dns',
  'spec.template.metadata.labels.k8s-app': 'kube-dns',
  'spec.template.spec.priorityClassName': 'system-cluster-critical',
  'spec.template.spec.serviceAccountName': 'coredns',
  ...below('spec.template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.0', {
    weight: 100,
    'podAffinityTerm.topologyKey': 'kubernetes.io/hostname',
    'podAffinityTerm.labelSelector.matchExpressions.0.key': 'k8s-app',
    'podAffinityTerm.labelSelector.matchExpressions.0.operator': 'In',
    'podAffinityTerm.labelSelector.matchExpressions.0.values.0': 'kube-dns',
  }),
  'spec.template.spec.tolerations.CriticalAddonsOnly.operator': 'Exists',
  'spec.template.spec.tolerations.node-role.kubernetes.io/control-plane.effect': 'NoSchedule',
  'spec.template.spec.nodeSelector.kubernetes.io/os': 'linux',
  'spec.template.spec.dnsPolicy': 'Default',
  'spec.template.spec.volumes.0.name': 'config-volume',
  'spec.template.spec.volumes.0.configMap.name': 'coredns',
  'spec.template.spec.volumes.0.configMap.items.0.key': 'Corefile',
  'spec.template.spec.volumes.0.configMap.items.0.path': 'Corefile',
  ...below('spec.template.spec.containers.0', {
    name: 'coredns',
    image: 'registry.k8s.io/coredns/coredns:v1.14.7',
    imagePullPolicy: 'IfNotPresent',
    'args.0': '-conf',
    'args.1': '/etc/coredns/Corefile',
    'resources.limits.memory': '170Mi',
    'resources.requests.cpu': '100m',
    'resources.requests.memory': '70Mi',
    'volumeMounts.0.name': 'config-volume',
    'volumeMounts.0.mountPath': '/etc/coredns',
    'volumeMounts.0.readOnly': true,
    'ports.dns.containerPort': 53,
    'ports.dns.protocol': 'UDP',
    'ports.dns-tcp.containerPort': 53,
    'ports.dns-tcp.protocol': 'TCP',
    'ports.metrics.containerPort': 9153,
    'ports.metrics.protocol': 'TCP',
    'ports.liveness-probe.containerPort': 8080,
    'ports.liveness-probe.protocol': 'TCP',
    'ports.readiness-probe.containerPort': 8181,
    'ports.readiness-probe.protocol': 'TCP',
    'livenessProbe.httpGet.path': '/health',
    'livenessProbe.httpGet.port': 'liveness-probe',
    'livenessProbe.httpGet.scheme': 'HTTP',
    'livenessProbe.initialDelaySeconds': 60,
    'livenessProbe.timeoutSeconds': 5,
    'livenessProbe.successThreshold': 1,
    'livenessProbe.failureThreshold': 5,
    'readinessProbe.httpGet.path': '/ready',
    'readinessProbe.httpGet.port': 'readiness-probe',
    'readinessProbe.httpGet.scheme': 'HTTP',
    'securityContext.allowPrivilegeEscalation': false,
    'securityContext.capabilities.add.0': 'NET_BIND_SERVICE',
    'securityContext.capabilities.drop.0': 'ALL',
    'securityContext.readOnlyRootFilesystem': true,
  }),
}

/** The same of the Service kube-dns, with the address that kubeadm gives it unless it is told another range. */
export const stockService: Readonly<Record<string, unknown>> = {
  'metadata.labels.k8s-app': 'kube-dns',
  'metadata.labels.kubernetes.io/cluster-service': 'true',
  'metadata.labels.kubernetes.io/name': 'CoreDNS',
  'metadata.annotations.prometheus.io/port': '9153',
  'metadata.annotations.prometheus.io/scrape': 'true',
  'spec.clusterIP': '10.96.0.10',
  'spec.selector.k8s-app': 'kube-dns',
  'spec.ports.dns.port': 53,
  'spec.ports.dns.protocol': 'UDP',
  'spec.ports.dns.targetPort': 53,
  'spec.ports.dns-tcp.port': 53,
  'spec.ports.dns-tcp.protocol': 'TCP',
  'spec.ports.dns-tcp.targetPort': 53,
  'spec.ports.metrics.port': 9153,
  'spec.ports.metrics.protocol': 'TCP',
  'spec.ports.metrics.targetPort': 9153,
}

/** What CoreDNS may do: the rules of `system:coredns`, in kubeadm and in the chart alike. */
export const stockRules = [
  { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
]

const labelsOfChart = {
  'metadata.labels.app.kubernetes.io/managed-by': 'Helm',
  'metadata.labels.app.kubernetes.io/instance': 'coredns',
  'metadata.labels.helm.sh/chart': 'coredns-1.46.2',
  'metadata.labels.k8s-app': 'coredns',
  'metadata.labels.kubernetes.io/cluster-service': 'true',
  'metadata.labels.kubernetes.io/name': 'CoreDNS',
  'metadata.labels.app.kubernetes.io/name': 'coredns',
}

/** What version 1.46.2 of CoreDNS's Helm chart gives it, as a release `coredns` with no values: templates/deployment.yaml. */
export const chartDeployment: Readonly<Record<string, unknown>> = {
  ...labelsOfChart,
  'metadata.labels.app.kubernetes.io/version': '1.13.1',
  'spec.replicas': 1,
  'spec.strategy.type': 'RollingUpdate',
  'spec.strategy.rollingUpdate.maxUnavailable': 1,
  'spec.strategy.rollingUpdate.maxSurge': '25%',
  ...below('spec.selector.matchLabels', selectorOfChart()),
  ...below('spec.template.metadata.labels', selectorOfChart()),
  'spec.template.metadata.annotations.scheduler.alpha.kubernetes.io/tolerations':
    '[{"key":"CriticalAddonsOnly", "operator":"Exists"}]',
  'spec.template.spec.terminationGracePeriodSeconds': 30,
  'spec.template.spec.serviceAccountName': 'default',
  'spec.template.spec.dnsPolicy': 'Default',
  'spec.template.spec.volumes.0.name': 'config-volume',
  'spec.template.spec.volumes.0.configMap.name': 'coredns',
  'spec.template.spec.volumes.0.configMap.items.0.key': 'Corefile',
  'spec.template.spec.volumes.0.configMap.items.0.path': 'Corefile',
  ...below('spec.template.spec.containers.0', {
    name: 'coredns',
    image: 'coredns/coredns:1.13.1',
    imagePullPolicy: 'IfNotPresent',
    'args.0': '-conf',
    'args.1': '/etc/coredns/Corefile',
    'volumeMounts.0.name': 'config-volume',
    'volumeMounts.0.mountPath': '/etc/coredns',
    'resources.limits.cpu': '100m',
    'resources.limits.memory': '128Mi',
    'resources.requests.cpu': '100m',
    'resources.requests.memory': '128Mi',
    'ports.udp-53.containerPort': 53,
    'ports.udp-53.protocol': 'UDP',
    'ports.tcp-53.containerPort': 53,
    'ports.tcp-53.protocol': 'TCP',
    'ports.tcp-9153.containerPort': 9153,
    'ports.tcp-9153.protocol': 'TCP',
    'livenessProbe.httpGet.path': '/health',
    'livenessProbe.httpGet.port': 8080,
    'livenessProbe.httpGet.scheme': 'HTTP',
    'livenessProbe.initialDelaySeconds': 60,
    'livenessProbe.periodSeconds': 10,
    'livenessProbe.timeoutSeconds': 5,
    'livenessProbe.successThreshold': 1,
    'livenessProbe.failureThreshold': 5,
    'readinessProbe.httpGet.path': '/ready',
    'readinessProbe.httpGet.port': 8181,
    'readinessProbe.httpGet.scheme': 'HTTP',
    'readinessProbe.initialDelaySeconds': 30,
    'readinessProbe.periodSeconds': 5,
    'readinessProbe.timeoutSeconds': 5,
    'readinessProbe.successThreshold': 1,
    'readinessProbe.failureThreshold': 1,
    'securityContext.allowPrivilegeEscalation': false,
    'securityContext.capabilities.add.0': 'NET_BIND_SERVICE',
    'securityContext.capabilities.drop.0': 'ALL',
    'securityContext.readOnlyRootFilesystem': true,
  }),
}

/** Its templates/service.yaml. */
export const chartService: Readonly<Record<string, unknown>> = {
  ...labelsOfChart,
  ...below('spec.selector', selectorOfChart()),
  'spec.type': 'ClusterIP',
  'spec.ports.udp-53.port': 53,
  'spec.ports.udp-53.protocol': 'UDP',
  'spec.ports.udp-53.targetPort': 53,
  'spec.ports.tcp-53.port': 53,
  'spec.ports.tcp-53.protocol': 'TCP',
  'spec.ports.tcp-53.targetPort': 53,
}

function selectorOfChart(): Record<string, unknown> {
  return {
    'app.kubernetes.io/instance': 'coredns',
    'k8s-app': 'coredns',
    'app.kubernetes.io/name': 'coredns',
  }
}

/** What the Service kube-dns selects in a cluster as it was made. */
export const stockSelector: Readonly<Record<string, string>> = { 'k8s-app': 'kube-dns' }

/**
 * Every value that is neither an object nor a list, by its path.
 *
 * A list of several things goes by their names or keys, which then are no values of their own, and else by index.
 */
export function leavesOf(node: unknown, path = ''): Record<string, unknown> {
  if (typeof node !== 'object' || node === null) return { [path]: node }
  const entries = Array.isArray(node)
    ? node.map((item, index) => named(item, index, node.length))
    : Object.entries(node)
  return Object.assign({}, ...entries.map(([key, value]) => leavesOf(value, path === '' ? key : `${path}.${key}`)))
}

function named(item: unknown, index: number, count: number): [string, unknown] {
  if (count === 1 || typeof item !== 'object' || item === null) return [String(index), item]
  const { name, key, ...rest } = item as Record<string, unknown>
  return [String(name ?? key), rest]
}

function below(path: string, leaves: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(leaves).map(([key, value]) => [`${path}.${key}`, value]))
}
