import { describeWarnings, member, selectsDb, service, slice } from './support.ts'

describeWarnings('headless-without-ports', [
  {
    title: 'headless Service without ports',
    manifests: [service('name: db', `clusterIP: None, ${selectsDb}`), member],
    warnings: [
      '1:64: warning: headless Service default/db has no ports: db.default.svc.cluster.local has addresses but no SRV records, and with some DNS providers it does not exist; list the ports that its Pods listen on [headless-without-ports]',
    ],
  },
  {
    title: 'headless Service with an empty list of ports',
    manifests: [service('name: db', `ports: [], clusterIP: None, ${selectsDb}`), member],
    warnings: [
      '1:73: warning: headless Service default/db has no ports: db.default.svc.cluster.local has addresses but no SRV records, and with some DNS providers it does not exist; list the ports that its Pods listen on [headless-without-ports]',
    ],
  },
  {
    title: 'headless Service without ports, whose EndpointSlices have some',
    manifests: [service('name: db', 'clusterIP: None'), slice('db', 'endpoints: [], ports: [{ port: 80 }]')],
  },
  {
    title: 'headless Service without ports, whose EndpointSlices have none',
    manifests: [service('name: db', 'clusterIP: None'), slice('db')],
    warnings: [
      '1:64: warning: headless Service default/db has no ports: db.default.svc.cluster.local has addresses but no SRV records, and with some DNS providers it does not exist; list the ports that its Pods listen on [headless-without-ports]',
    ],
  },
  { title: 'alias without ports', manifests: [service('name: db', 'type: ExternalName, externalName: example.com')] },
])
