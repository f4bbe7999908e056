import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse, parseAllDocuments } from 'yaml'
import { watchedResources } from '../../src/cluster/live/resources.ts'
import { buildKustomization, type Manifest, onlyOf } from './kustomize.ts'
import { chartDeployment, chartService, leavesOf, stockDeployment, stockRules, stockService } from './stock.ts'

const root = join(import.meta.dirname, '../..')
const stock = join(root, 'deploy/stock')
const imagePath = 'spec.template.spec.containers.0.image'
const image = 'cluster-dns:v1.14.7'

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

const cases: readonly {
  /** Of the folder, and of the distribution's Corefile in test/corefile. */
  readonly name: string
  readonly deployment: Readonly<Record<string, unknown>>
  readonly service: Readonly<Record<string, unknown>>
  readonly serviceName: string
  readonly role: string
  readonly account: string
}[] = [
  {
    name: 'kubeadm',
    deployment: { ...stockDeployment, 'metadata.labels.k8s-app': 'kube-dns' },
    service: stockService,
    serviceName: 'kube-dns',
    role: 'system:coredns',
    account: 'coredns',
  },
  {
    name: 'helm',
    deployment: chartDeployment,
    service: chartService,
    serviceName: 'coredns',
    role: 'coredns',
    account: 'default',
  },
]

for (const { name, deployment, service, serviceName, role, account } of cases) {
  describe(`deploy/stock/${name}`, () => {
    const folder = join(stock, name)
    const manifests = buildKustomization(folder)

    it('is what CoreDNS is installed with, value by value, with another image', () => {
      expect(leavesOf(onlyOf(manifests, 'Deployment'))).to.deep.equal({
        ...named('apps/v1', 'Deployment', 'coredns'),
        ...deployment,
        [imagePath]: image,
      })
      expect(leavesOf(onlyOf(manifests, 'Service'))).to.deep.equal({
        ...named('v1', 'Service', serviceName),
        ...service,
      })
    })

    it('changes the image and nothing else', () => {
      const {
        apiVersion: _,
        kind: __,
        ...kustomization
      } = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'))
      expect(Object.keys(kustomization)).to.deep.equal(['resources', 'images'])
      const text = readFileSync(join(folder, 'coredns.yaml'), 'utf8')
      const unchanged = parseAllDocuments(text).map((document) => document.toJS() as Manifest)
      const changed = manifests.flatMap((manifest, index) => {
        const [before, after] = [leavesOf(unchanged[index]), leavesOf(manifest)]
        return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
          (path) => before[path] !== after[path],
        )
      })
      expect(changed).to.deep.equal([imagePath])
    })

    it('starts the server as CoreDNS is started, and probes it where CoreDNS is', () => {
      const leaves = leavesOf(onlyOf(manifests, 'Deployment'))
      const container = 'spec.template.spec.containers.0'
      expect(leaves[`${container}.command`]).to.equal(undefined)
      expect([leaves[`${container}.args.0`], leaves[`${container}.args.1`]]).to.deep.equal([
        '-conf',
        '/etc/coredns/Corefile',
      ])
      const portOf = (probe: string): unknown => {
        const port = leaves[`${container}.${probe}.httpGet.port`]
        return typeof port === 'string' ? leaves[`${container}.ports.${port}.containerPort`] : port
      }
      expect(portOf('livenessProbe')).to.equal(8080)
      expect(portOf('readinessProbe')).to.equal(8181)
    })

    it('has the Corefile of the distribution', () => {
      const corefile = leavesOf(onlyOf(manifests, 'ConfigMap'))['data.Corefile']
      expect(corefile).to.equal(readFileSync(join(root, `test/corefile/distributions/${name}.Corefile`), 'utf8'))
    })

    it('lets the server list and watch all that it ever asks for, but ServiceImports', () => {
      const clusterRole = onlyOf(manifests, 'ClusterRole')
      expect(clusterRole.metadata.name).to.equal(role)
      expect(clusterRole.rules).to.deep.equal(stockRules)
      const rules = clusterRole.rules as readonly Rule[] // as RBAC has it
      const isAllowed = (group: string, resource: string) =>
        ['list', 'watch'].every((verb) =>
          rules.some(
            (rule) => rule.apiGroups.includes(group) && rule.resources.includes(resource) && rule.verbs.includes(verb),
          ),
        )
      const needs = { endpointSlices: true, pods: true, serviceImports: true, labels: true }
      const refused = watchedResources(needs).filter(({ group, name: resource }) => !isAllowed(group, resource))
      // `multicluster` asks for them: with CoreDNS, too, that takes more rights than these.
      expect(refused.map(({ name: resource }) => resource)).to.deep.equal(['serviceimports'])
    })

    it('gives these rights to the Pods', () => {
      const { roleRef, subjects } = onlyOf(manifests, 'ClusterRoleBinding')
      expect(roleRef).to.deep.equal({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role })
      expect(subjects).to.deep.equal([{ kind: 'ServiceAccount', name: account, namespace: 'kube-system' }])
      expect(leavesOf(onlyOf(manifests, 'Deployment'))['spec.template.spec.serviceAccountName']).to.equal(account)
    })
  })
}

describe('deploy/stock/helm-values.yaml', () => {
  it('gives the chart another image and nothing else', () => {
    const values: unknown = parse(readFileSync(join(stock, 'helm-values.yaml'), 'utf8'))
    const [repository, tag] = image.split(':')
    expect(values).to.deep.equal({ image: { repository, tag } })
  })
})

function named(apiVersion: string, kind: string, name: string): Record<string, unknown> {
  return { apiVersion, kind, 'metadata.name': name, 'metadata.namespace': 'kube-system' }
}
