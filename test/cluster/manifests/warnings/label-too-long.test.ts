import { describeWarnings, headless, long, member, object, pod, service, statefulSet, workload } from './support.ts'

describeWarnings('label-too-long', [
  {
    title: 'last Pod of a StatefulSet with a name of 64 octets',
    manifests: [
      statefulSet('serviceName: db, replicas: 11', 'metadata: { labels: { app: db } }', long(61)),
      headless,
      member,
    ],
    warnings: [
      `1:61: warning: StatefulSet default/${long(61)} calls its last Pod ${long(61)}-10, which has 64 octets: a hostname has at most 63, so that Pod is refused and its name does not exist; give the StatefulSet a name of at most 60 [label-too-long]`,
    ],
  },
  {
    title: 'last Pod of a StatefulSet with a name of 63 octets',
    manifests: [
      statefulSet('serviceName: db, replicas: 10', 'metadata: { labels: { app: db } }', long(61)),
      headless,
      member,
    ],
  },
  {
    title: 'last Pod of a StatefulSet that counts from 95',
    manifests: [
      statefulSet(
        'serviceName: db, replicas: 6, ordinals: { start: 95 }',
        'metadata: { labels: { app: db } }',
        long(60),
      ),
      headless,
      member,
    ],
    warnings: [
      `1:61: warning: StatefulSet default/${long(60)} calls its last Pod ${long(60)}-100, which has 64 octets: a hostname has at most 63, so that Pod is refused and its name does not exist; give the StatefulSet a name of at most 59 [label-too-long]`,
    ],
  },
  {
    title: 'StatefulSet without replicas, of which one is made',
    manifests: [statefulSet('serviceName: db', 'metadata: { labels: { app: db } }', long(62)), headless, member],
    warnings: [
      `1:61: warning: StatefulSet default/${long(62)} calls its last Pod ${long(62)}-0, which has 64 octets: a hostname has at most 63, so that Pod is refused and its name does not exist; give the StatefulSet a name of at most 61 [label-too-long]`,
    ],
  },
  {
    title: 'StatefulSet of no Pod',
    manifests: [
      statefulSet('serviceName: db, replicas: 0', 'metadata: { labels: { app: db } }', long(63)),
      headless,
      member,
    ],
  },
  {
    title: 'Deployment with a long name',
    manifests: [object('Deployment', `name: ${long(80)}`, 'spec: { replicas: 100 }', 'apps/v1')],
  },
  {
    title: 'hostname of a template with 64 octets',
    manifests: [workload('Deployment', 'app: x', '', `hostname: ${long(64)}`)],
    warnings: [
      `1:60: warning: Deployment default/work gives its Pods the hostname '${long(60)}…', which has 64 octets: a hostname has at most 63, so the Pods are refused and their names do not exist; shorten the hostname [label-too-long]`,
    ],
  },
  {
    title: 'hostname of a template with 63 octets',
    manifests: [workload('Deployment', 'app: x', '', `hostname: ${long(63)}`)],
  },
  {
    title: 'Pod with a name of 64 octets, and endpoint_pod_names',
    manifests: [
      headless,
      pod(`name: ${long(64)}, labels: { app: db }`),
      pod(`name: ${long(63)}, labels: { app: db }`),
      pod(`name: ${long(65)}`),
      pod(`name: ${long(66)}, labels: { app: db }`, 'hostname: a, subdomain: db'),
    ],
    naming: { zone: 'cluster.local', endpointPodNames: true },
    warnings: [
      `3:48: warning: the name of Pod default/${long(64)} has 64 octets: a label has at most 63, so endpoint_pod_names leaves it out, and under db.default.svc.cluster.local the Pod is called after its address; shorten the name, or give the Pod a hostname and subdomain [label-too-long]`,
    ],
  },
  {
    title: 'Pod with a name of 64 octets, without endpoint_pod_names',
    manifests: [headless, pod(`name: ${long(64)}, labels: { app: db }`)],
  },
  {
    title: 'port name of 63 octets',
    manifests: [service('name: web', `ports: [{ name: ${long(62)}, port: 80 }, { name: ${long(63)}, port: 81 }]`)],
    warnings: [
      `1:74: warning: port '${long(60)}…' of Service default/web has a name of 63 octets, _${long(63)} has 64: a label has at most 63, so web.default.svc.cluster.local has no SRV name for that port; shorten the name of the port [label-too-long]`,
    ],
  },
  {
    title: 'name of 256 octets',
    manifests: [headless, member],
    naming: { zone: `${`${long(59)}.`.repeat(4)}z`.slice(-229), endpointPodNames: false },
    warnings: [
      "1:52: warning: a name of Service default/db has 256 octets in zone 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.nnnnnnnnnnnn…': a name has at most 255, so that one does not exist; shorten the zone, or the names of the Service, its ports or its Pods [label-too-long]",
    ],
  },
  {
    title: 'name of 255 octets',
    manifests: [headless, member],
    naming: { zone: `${`${long(59)}.`.repeat(4)}z`.slice(-228), endpointPodNames: false },
  },
])
