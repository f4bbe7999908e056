import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { buildKustomization, type Manifest, onlyOf } from '../packaging/kustomize.ts'
import { stockSelector } from '../packaging/stock.ts'
import { blocksOf, readPage } from './pages.ts'

const root = join(import.meta.dirname, '../..')
const page = readPage('docs/cluster.md')
const blocks = blocksOf(page)

/** The commands of the page's shell blocks, each on one line. */
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.replaceAll(/ \\\n */g, ' ').split('\n'))
  .filter((line) => line !== '')

/** Words that stand behind a word in any command, in order. */
const wordsAfter = (pattern: RegExp): string[] =>
  commands.flatMap((command) => [...command.matchAll(pattern)].map(([, word = '']) => word))

/** The folder that the page tells the reader to make. */
const own = 'deploy/overlays/mine'

const overlay = (name: string): Manifest[] => buildKustomization(join(root, 'deploy/overlays', name))

describe('docs/cluster.md', () => {
  it('names nothing in deploy that is not there', () => {
    const paths = [...page.text.matchAll(/\bdeploy\/[\w./-]*\w/g)].map(([path]) => path)
    expect(paths).to.have.length.of.at.least(10)
    const missing = paths.filter((path) => !path.startsWith(own) && !existsSync(join(root, path)))
    expect(missing).to.deep.equal([])
  })

  it('has the way back from each overlay that it applies', () => {
    const applied = wordsAfter(/kubectl apply -k (\S+)/g)
    const deleted = wordsAfter(/kubectl delete -k (\S+)/g)
    expect(applied).to.deep.equal(['deploy/overlays/beside', 'deploy/overlays/replace'])
    expect(deleted).to.include.members(applied)
  })

  it('speaks of objects that are there', () => {
    const names = [...overlay('beside'), ...overlay('replace')].map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    const deployments = wordsAfter(/ deployment\/(\S+)/g).map((name) => `Deployment ${name}`)
    const services = wordsAfter(/ service[ /](\S+)/g).map((name) => `Service ${name}`)
    const stock = ['Deployment coredns', 'Service kube-dns']
    expect([...names, ...stock]).to.include.members([...deployments, ...services])
    expect(deployments).to.include('Deployment coredns')
    expect(services).to.include('Service kube-dns')
  })

  it('loads the image that the Deployment wants', () => {
    const [built] = wordsAfter(/^docker build -t (\S+) \.$/g)
    expect(wordsAfter(/^(?:kind load docker-image|k3d image import|minikube image load) (\S+)$/g)).to.deep.equal(
      Array(3).fill(built),
    )
    expect(podOf(overlay('beside')).spec.containers.map(({ image }) => image)).to.deep.equal([built])
  })

  it('turns the Service kube-dns to these Pods, and back', () => {
    const [there, back] = wordsAfter(/patch service kube-dns -p '(.*)'$/g).map((text) => JSON.parse(text) as Patch)
    const turned = merge(stockSelector, there)
    const ours = podOf(overlay('replace')).metadata.labels
    expect(ours).to.include(turned)
    expect(stockSelector).to.not.include(turned)
    expect(merge(turned, back)).to.deep.equal(stockSelector)
  })

  it('shows a kustomization that can be built, and adds a permission', () => {
    const [yaml] = blocks.filter(({ language }) => language === 'yaml')
    const folder = mkdtempSync(join(tmpdir(), 'cluster-dns-deploy-'))
    try {
      cpSync(join(root, 'deploy'), join(folder, 'deploy'), { recursive: true })
      mkdirSync(join(folder, own))
      writeFileSync(join(folder, own, 'kustomization.yaml'), yaml?.text ?? '')
      writeFileSync(join(folder, own, 'Corefile'), 'mine')
      const manifests = buildKustomization(join(folder, own))
      expect(manifests.filter(({ kind }) => kind === 'ConfigMap').map(({ data }) => data)).to.deep.equal([
        { Corefile: 'mine' },
      ])
      expect(resourcesOf(manifests)).to.include('pods')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('has each permission with the place that gives it', () => {
    const rows = [...page.text.matchAll(/^\| `(\w+)`.*\| `(deploy\/.*)` \|$/gm)].map(([, resource, place]) => ({
      resource,
      place,
    }))
    const given = (place: string, resources: readonly string[]) => resources.map((resource) => ({ resource, place }))
    const components = ['pods', 'multicluster'].flatMap((name) => {
      const place = `deploy/components/${name}`
      return given(place, addedBy(place))
    })
    expect(rows).to.have.deep.members([
      ...given('deploy/base', resourcesOf(buildKustomization(join(root, 'deploy/base')))),
      ...components,
    ])
  })
})

interface Patch {
  readonly spec: { readonly selector: Readonly<Record<string, string | null>> }
}

/** As the API server merges: null takes a label away. */
function merge(selector: Readonly<Record<string, string>>, patch: Patch | undefined): Record<string, string> {
  const merged = Object.entries({ ...selector, ...patch?.spec.selector })
  return Object.fromEntries(merged.flatMap(([label, value]) => (value === null ? [] : [[label, value]])))
}

interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> }
  readonly spec: { readonly containers: readonly { readonly image: string }[] }
}

function podOf(manifests: readonly Manifest[]): PodTemplate {
  // What a Deployment is by the Kubernetes API.
  return (onlyOf(manifests, 'Deployment').spec as { readonly template: PodTemplate }).template
}

interface Rule {
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

/** What the ClusterRole lets list and watch; anything else fails. */
function resourcesOf(manifests: readonly Manifest[]): string[] {
  // What a ClusterRole is by the Kubernetes API.
  const rules = onlyOf(manifests, 'ClusterRole').rules as Rule[]
  for (const { verbs } of rules) expect(verbs).to.deep.equal(['list', 'watch'])
  return rules.flatMap(({ resources }) => resources)
}

/** What a component adds to the base's permissions. */
function addedBy(component: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-dns-deploy-'))
  try {
    cpSync(join(root, 'deploy'), join(folder, 'deploy'), { recursive: true })
    mkdirSync(join(folder, own))
    const lines = ['resources: [../../base]', `components: [../../../${component}]`, '']
    writeFileSync(join(folder, own, 'kustomization.yaml'), lines.join('\n'))
    const before = resourcesOf(buildKustomization(join(folder, 'deploy/base')))
    return resourcesOf(buildKustomization(join(folder, own))).filter((resource) => !before.includes(resource))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
