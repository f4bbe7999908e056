import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect } from 'chai'
import { parseAllDocuments } from 'yaml'
import { ClusterStore } from '../../src/cluster/store.ts'
import { fileIo } from '../../src/corefile/io.ts'
import type { Corefile } from '../../src/corefile/model.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { pluginOrder } from '../../src/plugins/order.ts'
import { buildGroups, defaultPort } from '../../src/server/build.ts'
import { systemClock } from '../../src/util/clock.ts'
import { silentLogger } from '../../src/util/log.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { buildKustomization, filesNamedIn, kustomizationsBelow, type Manifest, onlyOf } from './kustomize.ts'
import { leavesOf, stockDeployment, stockService } from './stock.ts'

const root = join(import.meta.dirname, '../..')
const deploy = join(root, 'deploy')
const folders = kustomizationsBelow(deploy)
const complete = folders.filter((folder) => !folder.includes('components'))
/** Without those that are CoreDNS's own but for the image: see stock.test.ts. */
const own = complete.filter((folder) => !folder.includes('stock'))
const at = (folder: string): string => relative(root, folder)
const overlay = (name: string): Manifest[] => buildKustomization(join(deploy, 'overlays', name))

const pod = 'spec.template.spec'
const container = `${pod}.containers.0`
const antiAffinity = `${pod}.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.0`
const ownLabel = 'app.kubernetes.io/name'

describe('deploy', () => {
  it('is YAML that says everything once', () => {
    const files = readdirSync(deploy, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'))
    for (const path of files) {
      const documents = parseAllDocuments(readFileSync(join(deploy, path), 'utf8'), { uniqueKeys: true })
      expect(
        documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]),
        path,
      ).to.deep.equal([])
    }
  })

  it('has a base, three ways to run it, two components, and what CoreDNS is installed with', () => {
    expect(folders.map(at)).to.deep.equal([
      'deploy/base',
      'deploy/components/multicluster',
      'deploy/components/pods',
      'deploy/overlays/alone',
      'deploy/overlays/beside',
      'deploy/overlays/replace',
      'deploy/stock/helm',
      'deploy/stock/kubeadm',
    ])
  })

  for (const folder of folders) {
    it(`names every file of its folder: ${at(folder)}`, () => {
      const files = readdirSync(folder).filter((name) => name !== 'kustomization.yaml')
      expect(filesNamedIn(folder).sort()).to.deep.equal(files.sort())
    })
  }

  for (const folder of complete) {
    it(`can be built, each object once and in kube-system: ${at(folder)}`, () => {
      const manifests = buildKustomization(folder)
      const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
      expect(new Set(names).size).to.equal(names.length)
      const outside = manifests.filter(({ metadata }) => metadata.namespace !== 'kube-system').map(({ kind }) => kind)
      expect(outside).to.deep.equal(['ClusterRole', 'ClusterRoleBinding'])
    })

    it(`is built as kubectl builds it: ${at(folder)}`, function () {
      const built = buildWithKubectl(folder)
      if (built === undefined) this.skip()
      expect(built).to.have.deep.members(buildKustomization(folder))
    })
  }
})

describe('deploy: the Deployment', () => {
  it('in CoreDNS’s place is kubeadm’s, value by value, but for these', () => {
    expect(differences(stockDeployment, leavesOf(onlyOf(overlay('replace'), 'Deployment')))).to.deep.equal({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      'metadata.name': 'cluster-dns',
      'metadata.namespace': 'kube-system',
      [`metadata.labels.${ownLabel}`]: 'cluster-dns',
      // A label of its own tells its Pods from CoreDNS's, which have the other one as well.
      'spec.selector.matchLabels.k8s-app': undefined,
      [`spec.selector.matchLabels.${ownLabel}`]: 'cluster-dns',
      [`spec.template.metadata.labels.${ownLabel}`]: 'cluster-dns',
      [`${antiAffinity}.podAffinityTerm.labelSelector.matchExpressions.0.key`]: ownLabel,
      [`${antiAffinity}.podAffinityTerm.labelSelector.matchExpressions.0.values.0`]: 'cluster-dns',
      [`${pod}.serviceAccountName`]: 'cluster-dns',
      [`${pod}.volumes.0.configMap.name`]: 'cluster-dns',
      [`${container}.name`]: 'cluster-dns',
      [`${container}.image`]: 'cluster-dns:dev',
      [`${container}.args.0`]: 'serve',
      [`${container}.args.1`]: '--conf',
      [`${container}.args.2`]: '/etc/coredns/Corefile',
      // No directive `prometheus` yet.
      [`${container}.ports.metrics.containerPort`]: undefined,
      [`${container}.ports.metrics.protocol`]: undefined,
      // What CoreDNS's image says of its user, said to Kubernetes.
      [`${pod}.securityContext.runAsNonRoot`]: true,
      [`${pod}.securityContext.runAsUser`]: 65_532,
      [`${pod}.securityContext.runAsGroup`]: 65_532,
      [`${pod}.securityContext.seccompProfile.type`]: 'RuntimeDefault',
    })
  })

  it('beside CoreDNS differs from that in its ports', () => {
    const replace = leavesOf(onlyOf(overlay('replace'), 'Deployment'))
    expect(differences(replace, leavesOf(onlyOf(overlay('beside'), 'Deployment')))).to.deep.equal({
      'spec.template.metadata.labels.k8s-app': undefined,
      [`${container}.ports.dns.containerPort`]: 1053,
      [`${container}.ports.dns-tcp.containerPort`]: 1053,
    })
  })

  it('alone is that in CoreDNS’s place', () => {
    expect(onlyOf(overlay('alone'), 'Deployment')).to.deep.equal(onlyOf(overlay('replace'), 'Deployment'))
  })

  it('runs as the user of the image, from a Corefile that is mounted', () => {
    const leaves = leavesOf(onlyOf(overlay('beside'), 'Deployment'))
    const { runAsUser, runAsGroup } = section(leaves, `${pod}.securityContext`)
    expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).to.include(`\nUSER ${runAsUser}:${runAsGroup}\n`)
    const { mountPath, name } = section(leaves, `${container}.volumeMounts.0`)
    const volume = section(leaves, `${pod}.volumes.0`)
    expect(leaves[`${container}.args.2`]).to.equal(`${mountPath}/${volume['configMap.items.0.path']}`)
    expect(volume.name).to.equal(name)
  })
})

describe('deploy: permissions', () => {
  const services = { apiGroups: [''], resources: ['services', 'namespaces'], verbs: ['list', 'watch'] }
  const slices = { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] }

  for (const folder of own) {
    it(`are to list and watch Services, Namespaces and EndpointSlices: ${at(folder)}`, () => {
      expect(onlyOf(buildKustomization(folder), 'ClusterRole').rules).to.deep.equal([services, slices])
    })

    it(`are those of the Deployment's service account: ${at(folder)}`, () => {
      const manifests = buildKustomization(folder)
      const account = onlyOf(manifests, 'ServiceAccount').metadata
      const binding = onlyOf(manifests, 'ClusterRoleBinding')
      const role = onlyOf(manifests, 'ClusterRole').metadata.name
      expect(binding.subjects).to.deep.equal([{ kind: 'ServiceAccount', ...account }])
      expect(binding.roleRef).to.deep.equal({
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: role,
      })
      expect(leavesOf(onlyOf(manifests, 'Deployment'))[`${pod}.serviceAccountName`]).to.equal(account.name)
    })
  }
})

describe('deploy: Corefiles', () => {
  for (const folder of own) {
    it(`can be served: ${at(folder)}`, () => {
      const corefile = corefileOf(buildKustomization(folder))
      const cluster = new ClusterStore(systemClock)
      const files = { ...memoryFiles({}), readText: () => 'nameserver 192.0.2.53\n' }
      const context = { cluster, log: silentLogger, clock: systemClock, listen: [], files }
      expect(buildGroups(corefile, context)).to.have.length(1)
    })

    it(`are served where the Deployment's ports and probes are: ${at(folder)}`, () => {
      const manifests = buildKustomization(folder)
      const corefile = corefileOf(manifests)
      const leaves = leavesOf(onlyOf(manifests, 'Deployment'))
      const portNamed = (name: unknown) => leaves[`${container}.ports.${name}.containerPort`]
      const keys = corefile.serverBlocks.flatMap((block) => block.keys)
      expect(keys.map(({ zone, port }) => ({ zone, port }))).to.deep.equal([{ zone: '.', port: portNamed('dns') }])
      expect(portNamed('dns-tcp')).to.equal(portNamed('dns'))
      // Neither names an address: both are on their own port, as in CoreDNS.
      expect(argumentsOf(corefile, 'health')).to.deep.equal([])
      expect(portNamed(leaves[`${container}.livenessProbe.httpGet.port`])).to.equal(8080)
      expect(argumentsOf(corefile, 'ready')).to.deep.equal([])
      expect(portNamed(leaves[`${container}.readinessProbe.httpGet.port`])).to.equal(8181)
    })
  }

  it('differ in nothing but the port', () => {
    const [beside, replace] = ['beside', 'replace'].map((name) => corefileTextOf(overlay(name)))
    const withoutComments = (text = ''): string => text.replaceAll(/^#.*\n/gm, '')
    expect(withoutComments(beside)).to.equal(withoutComments(replace).replace('.:53 {', '.:1053 {'))
  })
})

describe('deploy: Services', () => {
  it('alone: kubeadm’s kube-dns, value by value, but for metrics', () => {
    const service = onlyOf(overlay('alone'), 'Service')
    expect(differences(stockService, leavesOf(service))).to.deep.equal({
      apiVersion: 'v1',
      kind: 'Service',
      'metadata.name': 'kube-dns',
      'metadata.namespace': 'kube-system',
      'metadata.annotations.prometheus.io/port': undefined,
      'metadata.annotations.prometheus.io/scrape': undefined,
      'spec.ports.metrics.port': undefined,
      'spec.ports.metrics.protocol': undefined,
      'spec.ports.metrics.targetPort': undefined,
    })
  })

  it('beside: one of its own, to the Pods’ ports by name', () => {
    const manifests = overlay('beside')
    const service = leavesOf(onlyOf(manifests, 'Service'))
    const deployment = leavesOf(onlyOf(manifests, 'Deployment'))
    expect(section(service, 'spec.selector')).to.deep.equal(section(deployment, 'spec.template.metadata.labels'))
    expect(section(service, 'spec.ports')).to.deep.equal({
      'dns.port': 53,
      'dns.protocol': 'UDP',
      'dns.targetPort': 'dns',
      'dns-tcp.port': 53,
      'dns-tcp.protocol': 'TCP',
      'dns-tcp.targetPort': 'dns-tcp',
    })
  })

  it('in CoreDNS’s place: none that deleting the overlay would take away', () => {
    expect(overlay('replace').filter(({ kind }) => kind === 'Service')).to.deep.equal([])
  })
})

/** What `ours` has in place of what `stock` has; undefined: nothing. */
function differences(
  stock: Readonly<Record<string, unknown>>,
  ours: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const paths = [...new Set([...Object.keys(stock), ...Object.keys(ours)])]
  return Object.fromEntries(paths.filter((path) => stock[path] !== ours[path]).map((path) => [path, ours[path]]))
}

/** The leaves below a path, with what is left of theirs. */
function section(leaves: Readonly<Record<string, unknown>>, path: string): Record<string, unknown> {
  const below = Object.entries(leaves).filter(([each]) => each.startsWith(`${path}.`))
  return Object.fromEntries(below.map(([each, value]) => [each.slice(path.length + 1), value]))
}

function corefileTextOf(manifests: readonly Manifest[]): string {
  return String(leavesOf(onlyOf(manifests, 'ConfigMap'))['data.Corefile'])
}

function corefileOf(manifests: readonly Manifest[]): Corefile {
  const io = fileIo((line) => {
    throw new Error(line)
  })
  const directiveNames = pluginOrder.map(({ name }) => name)
  return parseCorefile(corefileTextOf(manifests), 'Corefile', io, { defaultPort, directiveNames })
}

/** Of the one directive of that name. */
function argumentsOf(corefile: Corefile, name: string): string[] {
  const directives = corefile.serverBlocks.flatMap((block) => block.directives).filter((each) => each.name === name)
  expect(directives, name).to.have.length(1)
  return directives.flatMap(({ args }) => args.map(({ text }) => text))
}

/** The same by the real kustomize, with the hash taken off the ConfigMap's name; undefined where there is no kubectl. */
function buildWithKubectl(folder: string): unknown[] | undefined {
  try {
    const text = execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' })
    const unhashed = text.replaceAll(/(name: cluster-dns)-[a-z0-9]{10}$/gm, '$1')
    return parseAllDocuments(unhashed).map((document) => document.toJS())
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
