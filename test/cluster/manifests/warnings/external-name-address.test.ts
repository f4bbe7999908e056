import { describeWarnings, service } from './support.ts'

describeWarnings('external-name-address', [
  {
    title: 'alias of an address',
    manifests: [service('name: db', 'type: ExternalName, externalName: 192.0.2.1')],
    warnings: [
      '1:100: warning: Service default/db has the address 192.0.2.1 as its externalName: db.default.svc.cluster.local does not exist; make it headless, without a selector, and put 192.0.2.1 into an EndpointSlice [external-name-address]',
    ],
  },
  {
    title: 'alias of a name that begins like an address',
    manifests: [service('name: db', 'type: ExternalName, externalName: 192.0.2.1.nip.io')],
  },
])
