import { describeWarnings, object, pod, ports, selectsDb, service, statefulSet } from './support.ts'

describeWarnings('service-shadows-search-path', [
  {
    title: 'alias called like a namespace (CoreDNS issue 5733)',
    manifests: [
      service('name: nginx', 'type: ExternalName, externalName: nginx1.nginx.svc.cluster.local'),
      service('name: nginx1, namespace: nginx', ports),
      service('name: nginx2, namespace: nginx', ports),
    ],
    warnings: [
      '1:52: warning: Service default/nginx of type ExternalName is called like a namespace: with kube-dns, or a CoreDNS before 1.11, a Pod of namespace default that asks for nginx2.nginx is led to nginx1.nginx.svc.cluster.local; give it another name, or ask for nginx2.nginx.svc.cluster.local [service-shadows-search-path]',
    ],
  },
  {
    title: 'alias called like its own namespace',
    manifests: [
      service('name: lake, namespace: lake', 'type: ExternalName, externalName: minio.lake.svc.cluster.local'),
      service('name: minio, namespace: lake', ports),
    ],
  },
  {
    title: 'alias called like a namespace, of the only Service there',
    manifests: [
      service('name: nginx', 'type: ExternalName, externalName: nginx1.nginx.svc.cluster.local'),
      service('name: nginx1, namespace: nginx', ports),
    ],
  },
  {
    title: 'alias called like a namespace without another Service',
    manifests: [
      service('name: nginx', 'type: ExternalName, externalName: example.com'),
      object('Namespace', 'name: nginx'),
    ],
  },
  {
    title: 'alias called like a top-level domain (CoreDNS issue 6161)',
    manifests: [
      service('name: com', 'type: ExternalName, externalName: web.default.svc.cluster.local'),
      service('name: web', ports),
    ],
    warnings: [
      '1:52: warning: Service default/com of type ExternalName is called like a top-level domain: with kube-dns, or a CoreDNS before 1.11, a Pod of namespace default that asks for example.com is led to web.default.svc.cluster.local; give it another name, or end the name with a dot to ask for that of the world outside [service-shadows-search-path]',
    ],
  },
  {
    title: 'headless Service called like a namespace, with a Pod called like a Service of it',
    manifests: [
      service('name: kafka', `clusterIP: None, ${selectsDb}, ${ports}`),
      statefulSet('serviceName: kafka, replicas: 3'),
      pod('name: db-0, labels: { app: db }'),
      service('name: db-2, namespace: kafka', ports),
    ],
    warnings: [
      '1:52: warning: Service default/kafka is called like a namespace, and has a Pod called db-2: a Pod of namespace default that asks for db-2.kafka gets that Pod instead of Service kafka/db-2; give it another name, or ask for db-2.kafka.svc.cluster.local [service-shadows-search-path]',
    ],
  },
  {
    title: 'headless Service called like a namespace, with a Pod of the next number',
    manifests: [
      service('name: kafka', `clusterIP: None, ${selectsDb}, ${ports}`),
      statefulSet('serviceName: kafka, replicas: 3'),
      pod('name: db-0, labels: { app: db }'),
      service('name: db-3, namespace: kafka', ports),
    ],
  },
  {
    title: 'headless Service called like its own namespace, with a Pod called like a Service of it',
    manifests: [
      service('name: mysql, namespace: mysql', `clusterIP: None, ${selectsDb}, ${ports}`),
      pod('name: a, namespace: mysql, labels: { app: db }', 'hostname: first, subdomain: mysql'),
      service('name: first, namespace: mysql', ports),
    ],
    warnings: [
      '1:52: warning: Service mysql/mysql is called like a namespace, and has a Pod called first: a Pod of namespace mysql that asks for first.mysql gets that Pod instead of Service mysql/first; give it another name, or ask for first.mysql.svc.cluster.local [service-shadows-search-path]',
    ],
  },
  {
    title: 'Service called like a namespace, without Pods that have names',
    manifests: [
      service('name: kafka', `${selectsDb}, ${ports}`),
      pod('name: db-0, labels: { app: db }'),
      service('name: db-0, namespace: kafka', ports),
    ],
  },
  {
    title: 'Service called like a top-level domain, with a Pod that has a name',
    manifests: [
      service('name: io', `clusterIP: None, ${selectsDb}, ${ports}`),
      pod('name: a, labels: { app: db }', 'hostname: docker, subdomain: io'),
    ],
    warnings: [
      '1:52: warning: Service default/io is called like a top-level domain, and has a Pod called docker: a Pod of namespace default that asks for docker.io gets that Pod instead of a host of the world outside; give it another name, or end the name with a dot to ask for that of the world outside [service-shadows-search-path]',
    ],
  },
  {
    title: 'Service called like a top-level domain, without Pods that have names',
    manifests: [service('name: io', `clusterIP: None, ${selectsDb}, ${ports}`), pod('name: a, labels: { app: db }')],
  },
  {
    title: 'namespace called like a top-level domain',
    manifests: [service('name: github, namespace: com', ports)],
    warnings: [
      '1:52: warning: Service com/github lies in a namespace that is called like a top-level domain: every Pod of the cluster that asks for github.com gets github.com.svc.cluster.local; give the namespace another name, or end the name with a dot to ask for that of the world outside [service-shadows-search-path]',
    ],
  },
  {
    title: 'namespace called like a top-level domain that is more often a namespace',
    manifests: [service('name: web, namespace: dev', ports)],
  },
])
