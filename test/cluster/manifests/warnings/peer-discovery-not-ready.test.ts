import {
  describeWarnings,
  headless,
  member,
  pod,
  ports,
  probed,
  selectsDb,
  service,
  statefulSet,
  workload,
} from './support.ts'

describeWarnings('peer-discovery-not-ready', [
  {
    title: 'peers with a readiness probe',
    manifests: [statefulSet('serviceName: db, replicas: 3', probed), headless, member],
    warnings: [
      '3:64: warning: headless Service default/db has no publishNotReadyAddresses, and the Pods of StatefulSet default/db have a readiness probe: a Pod has no name under db.default.svc.cluster.local before it is ready, so Pods that get ready only together never find each other; set publishNotReadyAddresses: true [peer-discovery-not-ready]',
    ],
  },
  {
    title: 'peers with a readiness probe in a Pod that is written',
    manifests: [
      statefulSet('serviceName: db'),
      headless,
      pod('name: db-0, labels: { app: db }', 'containers: [{ readinessProbe: { exec: {} } }]'),
    ],
    warnings: [
      '3:64: warning: headless Service default/db has no publishNotReadyAddresses, and the Pods of StatefulSet default/db have a readiness probe: a Pod has no name under db.default.svc.cluster.local before it is ready, so Pods that get ready only together never find each other; set publishNotReadyAddresses: true [peer-discovery-not-ready]',
    ],
  },
  {
    title: 'peers with a readiness probe in a container that runs on beside',
    manifests: [
      statefulSet(
        'serviceName: db',
        'metadata: { labels: { app: db } }, spec: { initContainers: [{ restartPolicy: Always, readinessProbe: {} }] }',
      ),
      headless,
      member,
    ],
    warnings: [
      '3:64: warning: headless Service default/db has no publishNotReadyAddresses, and the Pods of StatefulSet default/db have a readiness probe: a Pod has no name under db.default.svc.cluster.local before it is ready, so Pods that get ready only together never find each other; set publishNotReadyAddresses: true [peer-discovery-not-ready]',
    ],
  },
  {
    title: 'publishNotReadyAddresses: false, in so many words',
    manifests: [
      statefulSet('serviceName: db', probed),
      service('name: db', `publishNotReadyAddresses: false, clusterIP: None, ${selectsDb}, ${ports}`),
      member,
    ],
    warnings: [
      '3:92: warning: headless Service default/db has no publishNotReadyAddresses, and the Pods of StatefulSet default/db have a readiness probe: a Pod has no name under db.default.svc.cluster.local before it is ready, so Pods that get ready only together never find each other; set publishNotReadyAddresses: true [peer-discovery-not-ready]',
    ],
  },
  {
    title: 'peers with publishNotReadyAddresses',
    manifests: [
      statefulSet('serviceName: db', probed),
      service('name: db', `publishNotReadyAddresses: true, clusterIP: None, ${selectsDb}, ${ports}`),
      member,
    ],
  },
  {
    title: 'one Pod alone with a readiness probe',
    manifests: [statefulSet('serviceName: db, replicas: 1', probed), headless, member],
  },
  {
    title: 'peers with a liveness probe',
    manifests: [
      statefulSet(
        'serviceName: db',
        'metadata: { labels: { app: db } }, spec: { containers: [{ livenessProbe: {} }], initContainers: [{ readinessProbe: {} }] }',
      ),
      headless,
      member,
    ],
  },
  {
    title: 'a headless Service of no StatefulSet, with a readiness probe',
    manifests: [workload('Deployment', 'app: db', '', 'containers: [{ readinessProbe: {} }]'), headless, member],
  },
  {
    title: 'a Service for clients beside that of the peers',
    manifests: [
      statefulSet('serviceName: db', probed),
      service('name: db', `publishNotReadyAddresses: true, clusterIP: None, ${selectsDb}, ${ports}`),
      service('name: clients', `clusterIP: None, ${selectsDb}, ${ports}`),
      member,
    ],
  },
])
