import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { ManifestError } from '../../../src/cluster/manifests/errors.ts'
import { diskFiles, type ManifestFiles } from '../../../src/cluster/manifests/files.ts'
import { type ManifestSourceOptions, manifestSource } from '../../../src/cluster/manifests/source.ts'
import type { ClusterObject, Kind } from '../../../src/cluster/model.ts'
import type { ClusterSink } from '../../../src/cluster/source.ts'
import { createLogger } from '../../../src/util/log.ts'
import { ManualTimer } from '../../support/manual-timer.ts'
import { documents, named, object, pod, serviceImport } from './support.ts'

/** How long a good change may take until it is live. */
const liveMs = 200

describe('manifestSource', () => {
  let folder: string
  let feed: Feed

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'manifests-'))
    feed = new Feed()
    await put('web.yaml', pod())
  })
  afterEach(async () => {
    feed.abort()
    await rm(folder, { recursive: true })
  })

  const put = (name: string, text: string) => writeFile(join(folder, name), text)
  /** Resolves when the change has been seen. */
  async function noticed(timer: ManualTimer, change: () => Promise<unknown>): Promise<void> {
    const before = timer.calls
    await change()
    await feed.until(() => timer.calls > before)
  }
  const start = (...paths: string[]) => feed.start(paths.map((path) => join(folder, path)))

  it('feeds all kinds in one call before it resolves', async () => {
    await start('.')
    const kinds = ['Namespace', 'Service', 'EndpointSlice', 'Pod', 'ServiceImport']
    expect(feed.calls).to.deep.equal([{ kinds, pods: ['web'] }])
    expect(feed.lines).to.deep.equal([
      '[INFO] manifests: read: 1 Namespace, 0 Services, 0 EndpointSlices, 1 Pod from 1 file',
    ])
  })

  it('is complete once all is read, and not before', async () => {
    const started = start('.')
    expect(feed.syncing).to.deep.equal(['expected'])
    await started
    await feed.after(() => put('web.yaml', named('b', pod())))
    expect(feed.syncing).to.deep.equal(['expected', 'synced after 1'])
  })

  it('tells of ServiceImports where there are any', async () => {
    await put('import.yaml', serviceImport('type: Headless', 'ports: []'))
    await start('.')
    expect(feed.lines).to.deep.equal([
      '[INFO] manifests: read: 1 Namespace, 0 Services, 0 EndpointSlices, 1 Pod, 1 ServiceImport from 2 files',
    ])
  })

  it('says how many warnings there are when nothing changes, once for as long as they are as many', async () => {
    const timer = new ManualTimer(() => feed.wake())
    const change = async (text: string) => {
      await feed.after(async () => {
        await noticed(timer, () => put('web.yaml', text))
        timer.pass(50)
      })
    }
    const surprising = object('Service', 'spec: { clusterIP: None }')
    await put('web.yaml', surprising)
    await feed.start([folder], { timer })
    timer.pass(999)
    const tellings = () => feed.lines.filter((line) => line.includes('warning'))
    expect(tellings()).to.deep.equal([])
    await feed.lineAfter('warning', async () => timer.pass(1))
    await change(`${surprising}# the same`)
    timer.pass(1000)
    await change(documents(surprising, named('b', surprising)))
    await feed.lineAfter('warning', async () => timer.pass(1000))
    expect(tellings()).to.deep.equal([
      "[INFO] manifests: 1 warning: 'cluster-dns check' tells them",
      "[INFO] manifests: 2 warnings: 'cluster-dns check' tells them",
    ])
  })

  it('rejects with every problem where manifests are bad at the start, and feeds nothing', async () => {
    await put('a.yaml', 'a: b: c')
    await put('b.yaml', 'x')
    const error = await start('.').then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).to.be.instanceOf(ManifestError)
    expect(error).to.include({ code: 'MANIFEST_INVALID' })
    expect(error).to.have.property('problems').with.lengthOf(2)
    expect(feed.calls).to.deep.equal([])
    expect(feed.syncing).to.deep.equal(['expected'])
  })

  it('names kinds it passes over once, and says where there is no manifest', async () => {
    await put('web.yaml', 'apiVersion: apps/v1\nkind: Deployment\n---\napiVersion: apps/v1\nkind: Deployment\n')
    await start('.')
    expect(feed.lines).to.include('[DEBUG] manifests: passed over 2 objects of kind Deployment (apps/v1)')
    await feed.after(() => rm(join(folder, 'web.yaml')))
    expect(feed.lines.at(-1)).to.equal(`[WARNING] manifests: no .yaml, .yml or .json file in ${folder}`)
    expect(feed.lines.filter((line) => line.includes('passed over')).length).to.equal(1)
  })

  const changes: readonly { title: string; change: () => Promise<unknown>; pods: readonly string[] }[] = [
    { title: 'a file that is written', change: () => put('web.yaml', named('b', pod())), pods: ['b'] },
    { title: 'a new file', change: () => put('b.yml', named('b', pod())), pods: ['b', 'web'] },
    { title: 'a file that goes', change: () => rm(join(folder, 'web.yaml')), pods: [] },
    {
      title: 'a file in a new folder',
      change: async () => {
        await mkdir(join(folder, 'sub/deep'), { recursive: true })
        await put('sub/deep/b.json', '{ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "b" } }')
      },
      pods: ['b', 'web'],
    },
    {
      title: 'a file saved beside and moved over the old one',
      change: async () => {
        await put('web.yaml.tmp', named('b', pod()))
        await rename(join(folder, 'web.yaml.tmp'), join(folder, 'web.yaml'))
      },
      pods: ['b'],
    },
    {
      title: 'a file moved away and written anew',
      change: async () => {
        await rename(join(folder, 'web.yaml'), join(folder, 'web.yaml~'))
        await put('web.yaml', named('b', pod()))
        await rm(join(folder, 'web.yaml~'))
      },
      pods: ['b'],
    },
    {
      title: 'several files at once',
      change: () => Promise.all(['a', 'b', 'c'].map((name) => put(`${name}.yaml`, named(name, pod())))),
      pods: ['a', 'b', 'c', 'web'],
    },
  ]
  for (const { title, change, pods } of changes) {
    it(`makes live, all in one call and within ${liveMs} ms: ${title}`, async function () {
      this.retries(2) // The machine may be busy with something else for as long.
      await start('.')
      const tookMs = await feed.after(change)
      expect(feed.pods).to.deep.equal(pods)
      expect(tookMs).to.be.below(liveMs)
      expect(feed.calls.length).to.equal(2)
    })
  }

  it('follows a single file through saves of every kind', async () => {
    await start('web.yaml')
    await feed.after(() => put('web.yaml', named('a', pod())))
    await put('new', named('b', pod()))
    await feed.after(() => rename(join(folder, 'new'), join(folder, 'web.yaml')))
    await feed.after(() => put('web.yaml', named('c', pod())))
    expect(feed.calls.map(({ pods }) => pods)).to.deep.equal([['web'], ['a'], ['b'], ['c']])
  })

  for (const path of ['.', 'map.yaml']) {
    it(`follows a mounted ConfigMap, again and again: ${path}`, async () => {
      await rm(join(folder, 'web.yaml'))
      await mkdir(join(folder, '..1'))
      await put('..1/map.yaml', named('one', pod()))
      await symlink('..1', join(folder, '..data'))
      await symlink('..data/map.yaml', join(folder, 'map.yaml'))
      await start(path)
      for (const [number, name] of [
        [2, 'two'],
        [3, 'three'],
      ] as const) {
        await mkdir(join(folder, `..${number}`))
        await put(`..${number}/map.yaml`, named(name, pod()))
        await symlink(`..${number}`, join(folder, '..data_tmp'))
        await feed.after(async () => {
          await rename(join(folder, '..data_tmp'), join(folder, '..data'))
          await rm(join(folder, `..${number - 1}`), { recursive: true })
        })
        expect(feed.pods).to.deep.equal([name])
      }
    })
  }

  it('reports a bad change whole, keeps the last good state, and says when it is mended', async () => {
    await start('.')
    const bad = 'apiVersion: v1\nkind: Pod\nmetadata: { name: A }\nspec: { hostname: B }\n'
    await feed.lineAfter('the last good state stays', () => put('web.yaml', bad))
    const [, ...errors] = feed.lines
    expect(errors.map((line) => line.replace(folder, ''))).to.deep.equal([
      "[ERROR] /web.yaml:3:19: metadata.name: found 'A', expected a DNS name in lower case: up to 253 of a-z, 0-9, '-' and '.'",
      "[ERROR] /web.yaml:4:19: spec.hostname: found 'B', expected a DNS label: up to 63 of a-z, 0-9 and '-', no '-' at its ends",
      '[ERROR] manifests: 2 problems: the last good state stays',
    ])
    expect(feed.calls.length).to.equal(1)

    await feed.after(() => put('web.yaml', named('b', pod())))
    expect(feed.pods).to.deep.equal(['b'])
    expect(feed.lines.at(-1)).to.match(/^\[INFO\] manifests: good again: .* 1 Pod from 1 file$/)
  })

  it('keeps the last good state where the whole path is gone, and finds it again', async () => {
    await mkdir(join(folder, 'sub'))
    await put('sub/b.yaml', named('b', pod()))
    await start('sub')
    await feed.lineAfter('the last good state stays', () => rm(join(folder, 'sub'), { recursive: true }))
    await feed.after(async () => {
      await mkdir(join(folder, 'sub'))
      await put('sub/c.yaml', named('c', pod()))
    })
    expect(feed.pods).to.deep.equal(['c'])
  })

  describe('while something changes all the time', () => {
    let timer: ManualTimer

    beforeEach(() => {
      timer = new ManualTimer(() => feed.wake())
    })

    it('makes live what is written, never quiet for 50 ms', async () => {
      await feed.start([folder], { timer })
      for (let time = 40; feed.calls.length === 1; time += 40) {
        await put('.new', named(`p${time}`, pod()))
        await noticed(timer, () => rename(join(folder, '.new'), join(folder, 'web.yaml')))
        timer.goTo(time)
      }
      expect(feed.pods[0]).to.match(/^p\d+$/)
    })

    const errors = () => feed.lines.filter((line) => line.startsWith('[ERROR]'))

    for (const { title, second, told } of [
      { title: 'forgets what was bad, and is good the next time', second: pod(), told: 0 },
      { title: 'tells what is bad two times', second: 'still bad', told: 2 },
    ]) {
      it(title, async () => {
        const files = new HeldFiles(() => feed.wake())
        await feed.start([folder], { timer, files })
        const held = files.hold()
        await noticed(timer, () => put('web.yaml', 'half of a save'))
        timer.goTo(1000)
        await feed.until(() => held.length === 1)
        await noticed(timer, () => put('web.yaml', second))
        timer.goTo(2000)
        await noticed(timer, async () => held[0]?.())
        timer.goTo(3000) // behind the rest after a reading
        await feed.until(() => held.length === 2)
        expect(errors()).to.deep.equal([])
        await noticed(timer, () => put('web.yaml', 'half of another'))
        held[1]?.()
        await feed.until(() => feed.calls.length > 1 || errors().length > 1)
        expect(errors().length).to.equal(told)
      })
    }
  })

  it('feeds no more once it is aborted', async () => {
    await start('.')
    feed.abort()
    const other = new Feed()
    await other.start([folder])
    await other.after(() => put('b.yaml', named('b', pod())))
    other.abort()
    expect(feed.calls.length).to.equal(1)
  })

  it('reads standard input, and watches nothing for it', async () => {
    await feed.start(['-'], { files: diskFiles(Readable.from([pod()])) })
    expect(feed.pods).to.deep.equal(['web'])
  })
})

/** A sink and a log that can be waited for. */
class Feed implements ClusterSink {
  readonly calls: { kinds: readonly Kind[]; pods: string[] }[] = []
  readonly lines: string[] = []
  /** What it was told of being complete. */
  readonly syncing: string[] = []
  readonly #abort = new AbortController()
  readonly #waiting = new Set<() => void>()

  get pods(): string[] {
    return this.calls.at(-1)?.pods ?? []
  }

  start(paths: readonly string[], options: Partial<ManifestSourceOptions> = {}): Promise<void> {
    const logger = createLogger((line) => {
      this.lines.push(line)
      this.wake()
    }, 'debug')
    const source = manifestSource(paths, { logger, ...options })
    return source.start(this, this.#abort.signal)
  }

  expectSync(): void {
    this.syncing.push('expected')
  }

  synced(): void {
    this.syncing.push(`synced after ${this.calls.length}`)
  }

  abort(): void {
    this.#abort.abort()
  }

  /** Resolves when the next call has come, with how long that took after the change was made, in milliseconds. */
  async after(change: () => Promise<unknown>): Promise<number> {
    const before = this.calls.length
    await change()
    const began = performance.now()
    await this.until(() => this.calls.length > before)
    return performance.now() - began
  }

  async lineAfter(part: string, change: () => Promise<unknown>): Promise<void> {
    const before = this.lines.length
    await change()
    await this.until(() => this.lines.slice(before).some((line) => line.includes(part)))
  }

  replace(kinds: readonly Kind[], objects: readonly ClusterObject[]): void {
    const pods = objects.filter(({ kind }) => kind === 'Pod').map(({ name }) => name)
    this.calls.push({ kinds, pods })
    // What the source logs with this call belongs to it.
    queueMicrotask(() => this.wake())
  }

  put(): void {
    throw new Error('not called by this source')
  }

  remove(): void {
    throw new Error('not called by this source')
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  /** Has what is waited for looked at again. */
  wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

/** The disk, where the end of a reading can be put off. */
class HeldFiles implements ManifestFiles {
  readonly #disk = diskFiles()
  readonly #onHeld: () => void
  #held: (() => void)[] | undefined

  constructor(onHeld: () => void) {
    this.#onHeld = onHeld
  }

  list(path: string): Promise<readonly string[]> {
    return this.#disk.list(path)
  }

  async read(file: string): Promise<string> {
    const text = await this.#disk.read(file)
    await new Promise<void>((resolve) => {
      if (this.#held === undefined) return resolve()
      this.#held.push(resolve)
      this.#onHeld()
    })
    return text
  }

  /** From now on each file that has been read waits: what ends that is added to this list. */
  hold(): readonly (() => void)[] {
    this.#held = []
    return this.#held
  }
}
