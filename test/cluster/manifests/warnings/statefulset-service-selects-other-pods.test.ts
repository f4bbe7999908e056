import { describeWarnings, headless, member, pod, ports, service, slice, statefulSet } from './support.ts'

describeWarnings('statefulset-service-selects-other-pods', [
  {
    title: 'template without the label that the Service selects',
    manifests: [statefulSet('serviceName: db', 'metadata: { labels: { app: database } }'), headless, member],
    warnings: [
      "1:88: warning: StatefulSet default/db has serviceName 'db', a Service that selects app=db, but its template has app=database: db-0.db.default.svc.cluster.local does not exist; give the Service a selector that the Pods match: they have app=database [statefulset-service-selects-other-pods]",
    ],
  },
  {
    title: 'template without any labels',
    manifests: [
      statefulSet('serviceName: db', 'spec: {}'),
      service('name: db', `clusterIP: None, selector: { app: db, tier: back, zone: a }, ${ports}`),
      pod('name: other, labels: { app: db, tier: back, zone: a }'),
    ],
    warnings: [
      "1:88: warning: StatefulSet default/db has serviceName 'db', a Service that selects app=db,tier=back,zone=a, but its template has no app, no tier and 1 more: db-0.db.default.svc.cluster.local does not exist; give the Service a selector that the Pods match [statefulset-service-selects-other-pods]",
    ],
  },
  {
    title: 'Service without a selector',
    manifests: [statefulSet('serviceName: db'), service('name: db', `clusterIP: None, ${ports}`)],
    warnings: [
      "1:88: warning: StatefulSet default/db has serviceName 'db', a Service without a selector or EndpointSlices: db-0.db.default.svc.cluster.local does not exist; give the Service a selector that the Pods match: they have app=db [statefulset-service-selects-other-pods]",
    ],
  },
  {
    title: 'Service without a selector, with EndpointSlices',
    manifests: [statefulSet('serviceName: db'), service('name: db', `clusterIP: None, ${ports}`), slice('db')],
  },
  {
    title: 'Service that selects by a label that the controller adds',
    manifests: [
      statefulSet('serviceName: db'),
      service('name: db', `clusterIP: None, selector: { app: db, apps.kubernetes.io/pod-index: "0" }, ${ports}`),
      pod('name: db-0, labels: { app: db, apps.kubernetes.io/pod-index: "0" }'),
    ],
  },
])
