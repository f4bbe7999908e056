import {
  describeWarnings,
  headless,
  member,
  object,
  pod,
  ports,
  service,
  slice,
  statefulSet,
  workload,
} from './support.ts'

describeWarnings('selector-matches-no-pod', [
  {
    title: 'selector that nothing matches',
    manifests: [service('name: web', `selector: { app: web }, ${ports}`)],
    warnings: [
      '1:77: warning: Service default/web selects app=web, which no Pod and no Pod template of its namespace matches: web.default.svc.cluster.local is an address that nothing answers at; correct the selector, or add Pods that have these labels [selector-matches-no-pod]',
    ],
  },
  {
    title: 'headless, and nothing matches',
    manifests: [service('name: web', `clusterIP: None, selector: { app: web }, ${ports}`)],
    warnings: [
      '1:94: warning: Service default/web selects app=web, which no Pod and no Pod template of its namespace matches: web.default.svc.cluster.local does not exist; correct the selector, or add Pods that have these labels [selector-matches-no-pod]',
    ],
  },
  {
    title: 'selector that a Pod of another namespace matches',
    manifests: [
      service('name: web', `selector: { app: web }, ${ports}`),
      pod('name: web, namespace: other, labels: { app: web }'),
    ],
    warnings: [
      '1:77: warning: Service default/web selects app=web, which no Pod and no Pod template of its namespace matches: web.default.svc.cluster.local is an address that nothing answers at; correct the selector, or add Pods that have these labels [selector-matches-no-pod]',
    ],
  },
  {
    title: 'selector that is misspelled',
    manifests: [
      service('name: web', `selector: { app: wep }, ${ports}`),
      workload('Deployment', 'app: other'),
      workload('Deployment', 'app: web'),
    ],
    warnings: [
      '1:77: warning: Service default/web selects app=wep, which no Pod and no Pod template of its namespace matches: web.default.svc.cluster.local is an address that nothing answers at; Deployment default/work differs in one label: it has app=web [selector-matches-no-pod]',
    ],
  },
  {
    title: 'selector of which half is there',
    manifests: [service('name: front', `selector: { app: web }, ${ports}`), workload('Deployment', 'app: web-app')],
    warnings: [
      '1:79: warning: Service default/front selects app=web, which no Pod and no Pod template of its namespace matches: front.default.svc.cluster.local is an address that nothing answers at; Deployment default/work differs in one label: it has app=web-app [selector-matches-no-pod]',
    ],
  },
  {
    title: 'selector that has nothing of a workload of the same name',
    manifests: [service('name: work', `selector: { app: web }, ${ports}`), workload('Deployment', 'component: front')],
    warnings: [
      '1:78: warning: Service default/work selects app=web, which no Pod and no Pod template of its namespace matches: work.default.svc.cluster.local is an address that nothing answers at; Deployment default/work differs in one label: it has no app [selector-matches-no-pod]',
    ],
  },
  {
    title: 'selector that has nothing of any workload',
    manifests: [service('name: web', `selector: { app: web }, ${ports}`), workload('Deployment', 'app: database')],
    warnings: [
      '1:77: warning: Service default/web selects app=web, which no Pod and no Pod template of its namespace matches: web.default.svc.cluster.local is an address that nothing answers at; correct the selector, or add Pods that have these labels [selector-matches-no-pod]',
    ],
  },
  {
    title: 'selector with another key',
    manifests: [
      service('name: web', `selector: { app: web }, ${ports}`),
      workload('DaemonSet', 'app.kubernetes.io/name: web'),
    ],
    warnings: [
      '1:77: warning: Service default/web selects app=web, which no Pod and no Pod template of its namespace matches: web.default.svc.cluster.local is an address that nothing answers at; DaemonSet default/work differs in one label: it has app.kubernetes.io/name=web and no app [selector-matches-no-pod]',
    ],
  },
  {
    title: 'selector of two labels, of which one differs',
    manifests: [
      service('name: web', `selector: { app: web, tier: front }, ${ports}`),
      pod('name: a, labels: { app: web, tier: back }'),
    ],
    warnings: [
      '1:77: warning: Service default/web selects app=web,tier=front, which no Pod and no Pod template of its namespace matches: web.default.svc.cluster.local is an address that nothing answers at; Pod default/a differs in one label: it has tier=back [selector-matches-no-pod]',
    ],
  },
  {
    title: 'selector of two labels, of which one is not there',
    manifests: [
      service('name: web', `selector: { app: web, tier: front }, ${ports}`),
      pod('name: a, labels: { app: web }'),
    ],
    warnings: [
      '1:77: warning: Service default/web selects app=web,tier=front, which no Pod and no Pod template of its namespace matches: web.default.svc.cluster.local is an address that nothing answers at; Pod default/a differs in one label: it has no tier [selector-matches-no-pod]',
    ],
  },
  {
    title: 'selector of two labels, of which both differ',
    manifests: [
      service('name: web', `selector: { app: web, tier: front }, ${ports}`),
      pod('name: a, labels: { app: db, tier: back }'),
    ],
    warnings: [
      '1:77: warning: Service default/web selects app=web,tier=front, which no Pod and no Pod template of its namespace matches: web.default.svc.cluster.local is an address that nothing answers at; correct the selector, or add Pods that have these labels [selector-matches-no-pod]',
    ],
  },
  {
    title: 'selector that names no Pod of a StatefulSet',
    manifests: [
      service('name: web', `selector: { statefulset.kubernetes.io/pod-name: db-3 }, ${ports}`),
      statefulSet('serviceName: db, replicas: 3'),
      headless,
      member,
    ],
    warnings: [
      '1:77: warning: Service default/web selects statefulset.kubernetes.io/pod-name=db-3, which no Pod and no Pod template of its namespace matches: web.default.svc.cluster.local is an address that nothing answers at; correct the selector, or add Pods that have these labels [selector-matches-no-pod]',
    ],
  },
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'ReplicationController'].map((kind) => ({
    title: `selector that the template of a ${kind} matches`,
    manifests: [
      service('name: web', `selector: { app: web }, ${ports}`),
      service('name: none', `clusterIP: None, ${ports}`),
      slice('none'),
      workload(kind, 'app: web', 'serviceName: none'),
    ],
  })),
  {
    title: 'selector that the template of a CronJob matches',
    manifests: [
      service('name: web', `selector: { app: web }, ${ports}`),
      '{ apiVersion: batch/v1, kind: CronJob, metadata: { name: a }, spec: { jobTemplate: { spec: { template: { metadata: { labels: { app: web } } } } } } }',
    ],
  },
  {
    title: 'selector that the template of a custom resource matches',
    manifests: [
      service('name: web', `selector: { app: web }, ${ports}`),
      '{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: { name: a }, spec: { template: { metadata: { labels: { app: web } }, spec: { containers: [] } } } }',
    ],
  },
  {
    title: 'selector that matches what is no Pod template',
    manifests: [
      service('name: web', `selector: { app: web }, ${ports}`),
      '{ apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: { name: a }, spec: { template: { metadata: { labels: { app: web } } } } }',
    ],
    warnings: [
      '1:77: warning: Service default/web selects app=web, which no Pod and no Pod template of its namespace matches: web.default.svc.cluster.local is an address that nothing answers at; correct the selector, or add Pods that have these labels [selector-matches-no-pod]',
    ],
  },
  {
    title: 'selector that a Job matches by a name that is generated',
    manifests: [
      service('name: web', `selector: { app: web }, ${ports}`),
      '{ apiVersion: batch/v1, kind: Job, metadata: { generateName: a- }, spec: { template: { metadata: { labels: { app: web } } } } }',
    ],
  },
  ...[
    ['StatefulSet', 'statefulset.kubernetes.io/pod-name: work-2', 'serviceName: none, replicas: 3'],
    ['StatefulSet', 'statefulset.kubernetes.io/pod-name: work-7', 'serviceName: none'],
    ['StatefulSet', 'controller-revision-hash: work-5c', 'serviceName: none'],
    ['Job', 'job-name: work', ''],
    [
      'Job',
      'batch.kubernetes.io/job-name: work, batch.kubernetes.io/job-completion-index: "1"',
      'completionMode: Indexed, completions: 2',
    ],
    ['Deployment', 'app: x, pod-template-hash: 6bb9d4c7f9', ''],
  ].map(([kind = '', selector = '', spec = '']) => ({
    title: `selector by labels that the controller of a ${kind} adds: ${selector}`,
    manifests: [
      service('name: web', `selector: { ${selector} }, ${ports}`),
      service('name: none', `clusterIP: None, ${ports}`),
      slice('none'),
      workload(kind, 'app: x', spec),
    ],
  })),
  {
    title: 'selector, and EndpointSlices of its own',
    manifests: [service('name: web', `selector: { app: web }, ${ports}`), slice('web')],
  },
  {
    title: 'selector, and Endpoints of its own',
    manifests: [service('name: web', `selector: { app: web }, ${ports}`), object('Endpoints', 'name: web')],
  },
  {
    title: 'selector of an alias',
    manifests: [service('name: web', 'type: ExternalName, externalName: example.com, selector: { app: web }')],
  },
  { title: 'no selector', manifests: [service('name: web', ports), service('name: empty', `selector: {}, ${ports}`)] },
])
