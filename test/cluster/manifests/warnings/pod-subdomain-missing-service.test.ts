import {
  describeWarnings,
  headless,
  member,
  plain,
  pod,
  ports,
  service,
  slice,
  statefulSet,
  workload,
} from './support.ts'

describeWarnings('pod-subdomain-missing-service', [
  {
    title: 'subdomain of no Service',
    manifests: [pod('name: a, labels: { app: db }', 'hostname: one, subdomain: db')],
    warnings: [
      "1:108: warning: Pod default/a has hostname 'one' and subdomain 'db', but there is no headless Service 'db' in its namespace: one.db.default.svc.cluster.local does not exist; add it, with clusterIP: None and a selector that the Pod matches [pod-subdomain-missing-service]",
    ],
  },
  {
    title: 'subdomain of an alias',
    manifests: [
      pod('name: a', 'hostname: one, subdomain: db'),
      service('name: db', 'type: ExternalName, externalName: example.com'),
    ],
    warnings: [
      "1:87: warning: Pod default/a has hostname 'one' and subdomain 'db', but there is no headless Service 'db' in its namespace: one.db.default.svc.cluster.local does not exist; add it, with clusterIP: None and a selector that the Pod matches [pod-subdomain-missing-service]",
    ],
  },
  {
    title: 'subdomain of a Service that is not headless',
    manifests: [pod('name: a, labels: { app: db }', 'hostname: one, subdomain: db'), plain],
    warnings: [
      "1:108: warning: Pod default/a has hostname 'one' and subdomain 'db', a Service that is not headless: one.db.default.svc.cluster.local exists here and in CoreDNS, but not with other DNS providers; make the Service headless (clusterIP: None) [pod-subdomain-missing-service]",
    ],
  },
  {
    title: 'subdomain of a Service that selects others',
    manifests: [pod('name: a, labels: { app: x }', 'hostname: one, subdomain: db'), headless, member],
    warnings: [
      "1:107: warning: Pod default/a has hostname 'one' and subdomain 'db', a Service that selects app=db, but it has app=x: one.db.default.svc.cluster.local does not exist; make its labels and the selector of the Service agree [pod-subdomain-missing-service]",
    ],
  },
  {
    title: 'subdomain of a Service that selects nothing',
    manifests: [pod('name: a', 'hostname: one, subdomain: db'), service('name: db', `clusterIP: None, ${ports}`)],
    warnings: [
      "1:87: warning: Pod default/a has hostname 'one' and subdomain 'db', a Service without a selector or EndpointSlices: one.db.default.svc.cluster.local does not exist; make its labels and the selector of the Service agree [pod-subdomain-missing-service]",
    ],
  },
  {
    title: 'subdomain of a Service whose EndpointSlices are written',
    manifests: [
      pod('name: a', 'hostname: one, subdomain: db'),
      service('name: db', `clusterIP: None, ${ports}`),
      slice('db'),
    ],
  },
  {
    title: 'subdomain of no Service, in a template',
    manifests: [workload('Deployment', 'app: db', '', 'hostname: one, subdomain: db')],
    warnings: [
      "1:157: warning: Deployment default/work has hostname 'one' and subdomain 'db', but there is no headless Service 'db' in its namespace: one.db.default.svc.cluster.local does not exist; add it, with clusterIP: None and a selector that the Pod matches [pod-subdomain-missing-service]",
    ],
  },
  {
    title: 'subdomain of no Service, in the template of an Indexed Job, which gives hostnames',
    manifests: [workload('Job', 'app: db', 'completionMode: Indexed, completions: 2', 'subdomain: peers')],
    warnings: [
      "1:176: warning: Job default/work has hostname 'work-0' and subdomain 'peers', but there is no headless Service 'peers' in its namespace: work-0.peers.default.svc.cluster.local does not exist; add it, with clusterIP: None and a selector that the Pod matches [pod-subdomain-missing-service]",
    ],
  },
  {
    title: 'subdomain in the template of a Job that gives no hostnames',
    manifests: [workload('Job', 'app: db', '', 'subdomain: peers')],
  },
  {
    title: 'hostname or subdomain alone',
    manifests: [pod('name: a', 'hostname: one'), pod('name: b', 'subdomain: db')],
  },
  {
    title: 'subdomain of a headless Service that selects the Pod',
    manifests: [pod('name: a, labels: { app: db }', 'hostname: one, subdomain: db'), headless],
  },
  {
    title: 'Pods of a StatefulSet that names no Service: told once',
    manifests: [
      statefulSet('serviceName: dbs'),
      pod('name: db-0', 'hostname: db-0, subdomain: dbs'),
      pod('name: db-1', 'hostname: db-1, subdomain: dbs'),
    ],
    warnings: [
      "1:88: warning: StatefulSet default/db has serviceName 'dbs', and there is no such Service in its namespace: db-0.dbs.default.svc.cluster.local does not exist; add a headless Service 'dbs' that selects its Pods, and name it [statefulset-service-missing]",
    ],
  },
])
