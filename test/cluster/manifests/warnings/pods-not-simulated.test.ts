import { describeWarnings, headless, plain, pod, ports, selectsDb, service, slice, workload } from './support.ts'

describeWarnings('pods-not-simulated', [
  {
    title: 'headless Service of a workload without Pods',
    manifests: [headless, workload('Deployment', 'app: db')],
    warnings: [
      '1:52: warning: headless Service default/db selects Pods of workloads, of which none are made here yet: its name does not exist; put the Pods or EndpointSlices beside the workloads [pods-not-simulated]',
    ],
  },
  {
    title: 'several headless Services of workloads without Pods: told once',
    manifests: [
      ...['a', 'b', 'c', 'd'].map((name) => service(`name: ${name}`, `clusterIP: None, ${selectsDb}, ${ports}`)),
      workload('Deployment', 'app: db'),
    ],
    warnings: [
      '1:52: warning: headless Services default/a, default/b and 2 more select Pods of workloads, of which none are made here yet: their names do not exist; put the Pods or EndpointSlices beside the workloads [pods-not-simulated]',
    ],
  },
  {
    title: 'two headless Services of workloads without Pods',
    manifests: [
      ...['a', 'b'].map((name) => service(`name: ${name}`, `clusterIP: None, ${selectsDb}, ${ports}`)),
      workload('Deployment', 'app: db'),
    ],
    warnings: [
      '1:52: warning: headless Services default/a and default/b select Pods of workloads, of which none are made here yet: their names do not exist; put the Pods or EndpointSlices beside the workloads [pods-not-simulated]',
    ],
  },
  {
    title: 'headless Service of a workload with a Pod',
    manifests: [headless, workload('Deployment', 'app: db'), pod('name: a, labels: { app: db }')],
  },
  {
    title: 'headless Service of a workload with EndpointSlices',
    manifests: [headless, workload('Deployment', 'app: db'), slice('db')],
  },
  { title: 'Service with an address, of a workload', manifests: [plain, workload('Deployment', 'app: db')] },
])
