import { describeWarnings, ports, service } from './support.ts'

describeWarnings('external-name-dangling', [
  {
    title: 'alias of no Service',
    manifests: [service('name: a', 'type: ExternalName, externalName: db.default.svc.cluster.local.')],
    warnings: [
      "1:99: warning: Service default/a has externalName 'db.default.svc.cluster.local', but there is no Service default/db: a.default.svc.cluster.local has no addresses; add that Service, or lead the name elsewhere [external-name-dangling]",
    ],
  },
  {
    title: 'alias of no Service, and one of nearly that name',
    manifests: [
      service('name: a', 'type: ExternalName, externalName: dbs.default.svc.cluster.local'),
      service('name: db', ports),
    ],
    warnings: [
      "1:99: warning: Service default/a has externalName 'dbs.default.svc.cluster.local', but there is no Service default/dbs: a.default.svc.cluster.local has no addresses; did you mean 'db' in namespace 'default'? [external-name-dangling]",
    ],
  },
  {
    title: 'alias of no Service, and one of that name elsewhere',
    manifests: [
      service('name: a', 'type: ExternalName, externalName: db.default.svc.cluster.local'),
      service('name: db, namespace: other', ports),
    ],
    warnings: [
      "1:99: warning: Service default/a has externalName 'db.default.svc.cluster.local', but there is no Service default/db: a.default.svc.cluster.local has no addresses; did you mean 'db' in namespace 'other'? [external-name-dangling]",
    ],
  },
  {
    title: 'alias of a Pod of no Service',
    manifests: [service('name: a', 'type: ExternalName, externalName: db-0.db.default.svc.cluster.local')],
    warnings: [
      "1:99: warning: Service default/a has externalName 'db-0.db.default.svc.cluster.local', but there is no Service default/db: a.default.svc.cluster.local has no addresses; add that Service, or lead the name elsewhere [external-name-dangling]",
    ],
  },
  {
    title: 'alias without svc',
    manifests: [
      service('name: a', 'type: ExternalName, externalName: db.default.cluster.local'),
      service('name: db', ports),
    ],
    warnings: [
      "1:99: warning: Service default/a has externalName 'db.default.cluster.local', which is no name of a Service: a.default.svc.cluster.local has no addresses; write 'db.default.svc.cluster.local' [external-name-dangling]",
    ],
  },
  {
    title: 'alias without svc, of no Service',
    manifests: [service('name: a', 'type: ExternalName, externalName: cluster.local')],
    warnings: [
      "1:99: warning: Service default/a has externalName 'cluster.local', which is no name of a Service: a.default.svc.cluster.local has no addresses; write 'SERVICE.NAMESPACE.svc.cluster.local' [external-name-dangling]",
    ],
  },
  {
    title: 'alias without the zone',
    manifests: [service('name: a', 'type: ExternalName, externalName: db.default.svc')],
    warnings: [
      "1:99: warning: Service default/a has externalName 'db.default.svc', which lacks the zone: a.default.svc.cluster.local is an alias of a name that does not exist; write 'db.default.svc.cluster.local' [external-name-dangling]",
    ],
  },
  {
    title: 'alias without svc and zone',
    manifests: [service('name: a', 'type: ExternalName, externalName: db.default'), service('name: db', ports)],
    warnings: [
      "1:99: warning: Service default/a has externalName 'db.default', which lacks the zone: a.default.svc.cluster.local is an alias of a name that does not exist; write 'db.default.svc.cluster.local' [external-name-dangling]",
    ],
  },
  {
    title: 'alias in another zone',
    manifests: [service('name: a', 'type: ExternalName, externalName: db.default.svc.cluster.local')],
    naming: { zone: 'example.net', endpointPodNames: false },
  },
  {
    title: 'alias that leads somewhere',
    manifests: [
      service('name: db', ports),
      service('name: a', 'type: ExternalName, externalName: db.default.svc.cluster.local.'),
      service('name: b', 'type: ExternalName, externalName: a.default.svc.cluster.local'),
      service(
        'name: c',
        'type: ExternalName, externalName: _tcp._tcp.db.default.svc.cluster.local'.replaceAll('_', ''),
      ),
      service('name: d', 'type: ExternalName, externalName: kubernetes.default.svc.cluster.local'),
      service('name: e', 'type: ExternalName, externalName: 10-244-0-1.default.pod.cluster.local'),
      service('name: f', 'type: ExternalName, externalName: db.example.com'),
      service('name: g', 'type: ExternalName, externalName: mycluster.local'),
    ],
  },
])
