import { describeWarnings, headless, member, plain, ports, service, statefulSet } from './support.ts'

describeWarnings('statefulset-service-missing', [
  {
    title: 'serviceName of no Service, and one that would do',
    manifests: [statefulSet('serviceName: dbs'), headless, member],
    warnings: [
      "1:88: warning: StatefulSet default/db has serviceName 'dbs', and there is no such Service in its namespace: db-0.dbs.default.svc.cluster.local does not exist; name Service 'db', which is headless and selects its Pods [statefulset-service-missing]",
    ],
  },
  {
    title: 'serviceName of no Service, and one of nearly that name',
    manifests: [statefulSet('serviceName: dbs, ordinals: { start: 5 }'), plain],
    warnings: [
      "1:88: warning: StatefulSet default/db has serviceName 'dbs', and there is no such Service in its namespace: db-5.dbs.default.svc.cluster.local does not exist; did you mean 'db'? [statefulset-service-missing]",
    ],
  },
  {
    title: 'serviceName of no Service, and nothing near',
    manifests: [statefulSet('serviceName: peers'), plain],
    warnings: [
      "1:88: warning: StatefulSet default/db has serviceName 'peers', and there is no such Service in its namespace: db-0.peers.default.svc.cluster.local does not exist; add a headless Service 'peers' that selects its Pods, and name it [statefulset-service-missing]",
    ],
  },
  {
    title: 'serviceName of a Service of another namespace',
    manifests: [statefulSet('serviceName: db'), service('name: db, namespace: other', `clusterIP: None, ${ports}`)],
    warnings: [
      "1:88: warning: StatefulSet default/db has serviceName 'db', and there is no such Service in its namespace: db-0.db.default.svc.cluster.local does not exist; add a headless Service 'db' that selects its Pods, and name it [statefulset-service-missing]",
    ],
  },
  {
    title: 'no serviceName',
    manifests: [statefulSet('replicas: 3')],
    warnings: [
      '1:73: warning: StatefulSet default/db has no serviceName: its Pods have no names; add a headless Service that selects its Pods, and name it [statefulset-service-missing]',
    ],
  },
  {
    title: 'no serviceName, and a Service that would do',
    manifests: [statefulSet('replicas: 3'), headless, member],
    warnings: [
      "1:73: warning: StatefulSet default/db has no serviceName: its Pods have no names; name Service 'db', which is headless and selects its Pods [statefulset-service-missing]",
    ],
  },
  {
    title: 'malformed serviceName counts as none',
    manifests: [statefulSet('serviceName: [5]')],
    warnings: [
      '1:88: warning: StatefulSet default/db has no serviceName: its Pods have no names; add a headless Service that selects its Pods, and name it [statefulset-service-missing]',
    ],
  },
  { title: 'StatefulSet whose Service fits', manifests: [statefulSet('serviceName: db'), headless, member] },
  {
    title: 'StatefulSet that is hardly one',
    manifests: ['{ apiVersion: apps/v1, kind: StatefulSet, spec: 5 }', '{ apiVersion: apps/v1, kind: StatefulSet }'],
  },
])
