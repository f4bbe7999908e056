import { describeWarnings, member, plain, ports, selectsDb, service, statefulSet } from './support.ts'

describeWarnings('statefulset-service-not-headless', [
  {
    title: 'serviceName of a Service with an address',
    manifests: [statefulSet('serviceName: db'), plain],
    warnings: [
      "1:88: warning: StatefulSet default/db has serviceName 'db', a Service of type ClusterIP that is not headless: db.default.svc.cluster.local is one address instead of those of the Pods, and db-0.db.default.svc.cluster.local exists here and in CoreDNS, but not with other DNS providers; make it headless (clusterIP: None), or name another Service that is [statefulset-service-not-headless]",
    ],
  },
  {
    title: 'serviceName of a Service with an address, beside one that would do',
    manifests: [
      statefulSet('serviceName: db'),
      plain,
      service('name: peers', `clusterIP: None, ${selectsDb}, ${ports}`),
      member,
    ],
    warnings: [
      "1:88: warning: StatefulSet default/db has serviceName 'db', a Service of type ClusterIP that is not headless: db.default.svc.cluster.local is one address instead of those of the Pods, and db-0.db.default.svc.cluster.local exists here and in CoreDNS, but not with other DNS providers; name Service 'peers', which is headless and selects its Pods [statefulset-service-not-headless]",
    ],
  },
  {
    title: 'serviceName of an alias',
    manifests: [
      statefulSet('serviceName: db'),
      service('name: db', 'type: ExternalName, externalName: db.example.com'),
    ],
    warnings: [
      "1:88: warning: StatefulSet default/db has serviceName 'db', a Service of type ExternalName that is not headless: db.default.svc.cluster.local is an alias, and db-0.db.default.svc.cluster.local does not exist; make it headless (clusterIP: None), or name another Service that is [statefulset-service-not-headless]",
    ],
  },

  {
    title: 'serviceName of a Service with an address that selects others',
    manifests: [statefulSet('serviceName: db', 'metadata: { labels: { app: x } }'), plain, member],
    warnings: [
      "1:88: warning: StatefulSet default/db has serviceName 'db', a Service of type ClusterIP that is not headless: db.default.svc.cluster.local is one address instead of those of the Pods; make it headless (clusterIP: None), or name another Service that is [statefulset-service-not-headless]",
      "1:88: warning: StatefulSet default/db has serviceName 'db', a Service that selects app=db, but its template has app=x: db-0.db.default.svc.cluster.local does not exist; give the Service a selector that the Pods match: they have app=x [statefulset-service-selects-other-pods]",
    ],
  },
])
