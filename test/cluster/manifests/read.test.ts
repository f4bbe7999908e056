import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { formatProblem } from '../../../src/cluster/manifests/errors.ts'
import { diskFiles, type ManifestFiles } from '../../../src/cluster/manifests/files.ts'
import { loadManifests, readManifests } from '../../../src/cluster/manifests/read.ts'
import { clusterOf, named, object, pod, problemsOf, service } from './support.ts'

describe('readManifests', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'manifests-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
  }

  async function filesRead(...paths: string[]): Promise<string[]> {
    const { files, problems } = await readManifests(paths.map((path) => join(folder, path)))
    expect(problems).to.deep.equal([])
    return files.map((file) => relative(folder, file))
  }

  it('reads folders with all below them, in order, manifests only', async () => {
    await write({ 'b.yaml': '', 'a/c.yml': '', 'a/a.json': '', 'a/README.md': '{', 'Z.YAML': '', '.hidden.yaml': '{' })
    expect(await filesRead('.')).to.deep.equal(['Z.YAML', 'a/a.json', 'a/c.yml', 'b.yaml'])
  })

  it('reads files whatever they are called, in the order given, each once', async () => {
    await write({ 'b.txt': '', 'a.yaml': '' })
    expect(await filesRead('b.txt', '.', 'a.yaml', './b.txt')).to.deep.equal(['b.txt', 'a.yaml'])
  })

  it('reads each file of a mounted ConfigMap once', async () => {
    await write({ '..2026_01/web.yaml': pod() })
    await symlink('..2026_01', join(folder, '..data'))
    await symlink('..data/web.yaml', join(folder, 'web.yaml'))
    expect(await filesRead('.')).to.deep.equal(['web.yaml'])
  })

  it('follows links to folders, but not back into those above', async () => {
    await write({ 'a/b/c.yaml': '' })
    await symlink('../..', join(folder, 'a/b/up'))
    await symlink('b', join(folder, 'a/link'))
    await symlink('nowhere', join(folder, 'a/dangling'))
    expect(await filesRead('a')).to.deep.equal(['a/b/c.yaml', 'a/link/c.yaml'])
  })

  it('reads an empty folder as an empty cluster', async () => {
    expect(await filesRead('.')).to.deep.equal([])
  })

  it('reads standard input once, however often it is asked', async () => {
    const files = diskFiles(Readable.from([service('ports: [{ port: 80 }]').slice(0, 20), '\n---\n']))
    const first = await readManifests(['-'], { files })
    expect(await readManifests(['-', '-'], { files })).to.deep.equal(first)
    expect(first.problems.map(formatProblem)).to.deep.equal([
      'standard input:1:1: kind: found nothing, expected the kind of a Kubernetes object',
    ])
  })

  it('reports paths that are not there, beside all else', async () => {
    await write({ 'a.yaml': 'x' })
    const { problems, objects } = await readManifests(['no-such-folder', join(folder, 'a.yaml')])
    expect(problems.map(formatProblem)).to.deep.equal([
      'no-such-folder: found nothing there, expected a file or a folder',
      `${join(folder, 'a.yaml')}:1:1: found 'x', expected a Kubernetes object with apiVersion and kind`,
    ])
    expect(objects).to.deep.equal([])
  })

  it('reports what cannot be read', async () => {
    const files = { list: async (path: string) => [path], read: () => Promise.reject(new Error('disk on fire')) }
    const { problems } = await readManifests(['a.yaml'], { files })
    expect(problems.map(formatProblem)).to.deep.equal(['a.yaml: not readable: disk on fire'])
  })

  it('reads a file again only if it may have changed', async () => {
    const read: string[] = []
    const stamps = new Map([
      ['a', '1'],
      ['b', '1'],
    ])
    const files: ManifestFiles = {
      list: async () => ['a', 'b', 'c'],
      read: async (file) => {
        read.push(file)
        return named(file, pod())
      },
      stamp: async (file) => stamps.get(file),
    }
    const memory = new Map()
    const first = await readManifests(['.'], { files, memory })
    expect(await readManifests(['.'], { files, memory })).to.deep.equal(first)
    stamps.set('b', '2')
    expect(await readManifests(['.'], { files, memory })).to.deep.equal(first)
    stamps.clear()
    await readManifests(['.'], { files, memory })
    expect(read.join('')).to.equal('abccbcabc')
  })

  it('stamps a file that has rested for a while, and no other', async () => {
    const disk = diskFiles()
    await write({ 'a.yaml': '' })
    expect(await disk.stamp?.(join(folder, 'a.yaml'))).to.equal(undefined)
    expect(await disk.stamp?.(process.execPath)).to.be.a('string')
    expect(await disk.stamp?.(process.execPath)).to.equal(await disk.stamp?.(process.execPath))
    expect(await disk.stamp?.('-')).to.be.a('string')
  })

  it('names the other file where an object is defined twice, and sorts by file', async () => {
    await write({ 'b.yaml': pod(), 'a.yaml': `${pod()}---\nx` })
    const { problems } = await readManifests([folder])
    expect(problems.map((problem) => relative(folder, formatProblem(problem)))).to.deep.equal([
      "a.yaml:6:1: found 'x', expected a Kubernetes object with apiVersion and kind",
      `b.yaml:3:19: Pod default/web is defined already, at ${join(folder, 'a.yaml')}:3:19`,
    ])
  })
})

describe('loadManifests', () => {
  const load = (text: string) => loadManifests([{ file: 'm', text }])
  const pods = (text: string) =>
    clusterOf(text)
      .all('Pod')
      .map(({ name }) => name)

  it('takes empty documents, comments and nothing at all', () => {
    for (const text of ['', '\n\n', '# nothing', '---\n---\n', '---\n# nothing\n---\nnull\n', '\ufeff']) {
      expect(load(text).problems, JSON.stringify(text)).to.deep.equal([])
    }
  })

  it('counts other kinds, whatever is in them', () => {
    const text = ['kind: StatefulSet\nspec: 5', 'kind: StatefulSet', 'kind: Deployment\nmetadata: { name: A }']
      .map((document) => `apiVersion: apps/v1\n${document}\n`)
      .concat('apiVersion: serving.knative.dev/v1\nkind: Service\n')
      .join('---\n')
    expect([...load(text).otherKinds]).to.deep.equal([
      ['StatefulSet (apps/v1)', 2],
      ['Deployment (apps/v1)', 1],
      ['Service (serving.knative.dev/v1)', 1],
    ])
    expect(load(text).problems).to.deep.equal([])
  })

  it('takes Lists, and lists of a kind whose items need not say what they are', () => {
    const items = '- apiVersion: v1\n  kind: Pod\n  metadata: { name: a }\n- metadata: { name: b }\n'
    expect(pods(`apiVersion: v1\nkind: PodList\nitems:\n${items}`)).to.deep.equal(['a', 'b'])
    expect(
      pods(`apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: { name: a }`),
    ).to.deep.equal(['a'])
    expect(pods('apiVersion: v1\nkind: List')).to.deep.equal([])
  })

  it('takes JSON, with tabs and escapes', () => {
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }, null, '\t').replace(
      '"a"',
      '"\\u0061"',
    )
    expect(pods(text)).to.deep.equal(['a'])
  })

  it('reads YAML as Kubernetes does: anchors, merges, octal numbers, dates as strings', () => {
    const text = `apiVersion: v1
kind: Service
metadata:
  name: web
  labels: &labels { day: 2026-01-01, app: web }
spec:
  selector: { <<: *labels, app: "on" }
  ports: [{ name: a, port: 0120 }, { name: b, port: 8_1 }, { name: c, port: 0x52 }]
`
    const { labels, ports } = clusterOf(text).get('Service', 'web')
    expect(labels).to.deep.equal({ day: '2026-01-01', app: 'web' })
    expect(ports.map(({ port }) => port)).to.deep.equal([80, 81, 82])
    expect(problemsOf(pod('spec: { hostname: 1:30 }'))[0]).to.include("found '1:30'")
  })

  it('ignores fields it does not know, at every level', () => {
    const text = `${service('ports: [{ port: 80, more: 1 }]', 'more: { a: [1] }')}more: 5\n`
    expect(load(text).problems).to.deep.equal([])
  })

  it('takes names that are special to JavaScript for what they are', () => {
    const text = service('selector: { constructor: x }', 'ports: [{ port: 80 }]')
    const labelled = named('p', pod()).replace('name: p', 'name: p, labels: { toString: z }')
    const cluster = clusterOf([text, labelled])
    expect(cluster.all('EndpointSlice')).to.deep.equal([])
    expect(Object.entries(cluster.get('Pod', 'p').labels)).to.deep.equal([['toString', 'z']])
    expect(load('__proto__: { kind: Pod, apiVersion: v1 }').problems.length).to.equal(1)
    expect([...load('apiVersion: v1\nkind: constructor').otherKinds]).to.deep.equal([['constructor (v1)', 1]])
  })

  it('holds equal names of different kinds and namespaces apart', () => {
    const other = pod().replace('name: web', 'name: web, namespace: other')
    expect(clusterOf([pod(), other, object('Namespace'), service('ports: [{ port: 80 }]')]).objects.length).to.equal(6)
  })

  it('reads a file again only if its text has changed', () => {
    const memory = new Map()
    const texts = (second: string) => [
      { file: 'a', text: pod() },
      { file: 'b', text: second },
    ]
    loadManifests(texts(''), { memory })
    const [before, gone] = [memory.get('a'), memory.get('b')]
    loadManifests(texts('# changed'), { memory })
    expect([memory.get('a') === before, memory.get('b') === gone]).to.deep.equal([true, false])
    loadManifests([], { memory })
    expect(memory.size).to.equal(0)
  })

  it('gives the very same objects again, where nothing is added to what has not changed', () => {
    const memory = new Map()
    const written = [pod('status: { podIP: 10.1.1.1 }'), service('clusterIP: 10.96.1.1', 'ports: [{ port: 80 }]')]
    const texts = (changing: string) => [written, changing].flat().map((text, index) => ({ file: `${index}`, text }))
    const before = loadManifests(texts(named('a', pod())), { memory }).objects
    const after = loadManifests(texts(named('b', pod())), { memory }).objects
    const same = after.filter((object) => before.includes(object))
    expect(same.map(({ kind, name }) => `${kind} ${name}`)).to.deep.equal(['Service web', 'Pod web'])
  })
})
