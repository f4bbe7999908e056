import { expect } from 'chai'
import { type Import, sourceFiles, sourceImports } from './imports.ts'

/**
 * The folders of src in reading order: a file may import from its own folder and from folders above it, never from those
 * below. `src/plugins/*` stands for one folder a plugin, and none of them may import another.
 */
const order = [
  'src/util',
  'src/dns',
  'src/corefile',
  'src/cluster',
  'src/cluster/manifests',
  'src/cluster/simulate',
  'src/cluster/live',
  'src/plugin',
  'src/plugins/*',
  'src/plugins',
  'src/transport',
  'src/server',
  'src/admin',
  'src/cli',
  'src/index.ts',
]

/** Arrows that the order would allow and the folder's purpose does not. */
const forbidden = [
  { from: 'src/cluster', to: 'src/dns', reason: 'the model of a cluster knows no DNS' },
  { from: 'src/cluster', to: 'src/corefile', reason: 'a cluster is no part of the configuration' },
  { from: 'src/transport', to: 'src/cluster', reason: 'transport knows octets, not zones' },
  { from: 'src/transport', to: 'src/corefile', reason: 'transport knows octets, not zones' },
  { from: 'src/transport', to: 'src/plugins', reason: 'transport knows octets, not zones' },
]

/** What these need from outside is handed to them. node:net is not looked for: isIP lives there as well. */
const withoutIo = ['src/dns', 'src/plugin', 'src/plugins', 'src/cluster/simulate']
const ioModules = ['node:fs', 'node:dgram', 'node:tls', 'node:http', 'node:https', 'node:child_process', 'node:dns']

const imports = sourceImports()
const rows = imports.filter(({ to }) => to.startsWith('src/'))

describe('the arrows between folders of src', () => {
  it('are read from the source at all', () => {
    expect(rows).to.not.have.length(0)
    expect(sourceFiles().filter((file) => rankOf(file) === undefined)).to.deep.equal([])
  })

  it('lead to the same folder or to one above it in the list', () => {
    expect(rows.filter(leadsDown).map(describeImport)).to.deep.equal([])
  })

  it('never lead from one plugin to another', () => {
    const sideways = rows.filter(({ from, to }) => isPlugin(from) && isPlugin(to) && pluginOf(from) !== pluginOf(to))
    expect(sideways.map(describeImport)).to.deep.equal([])
  })

  for (const { from, to, reason } of forbidden) {
    it(`never lead from ${from} to ${to}: ${reason}`, () => {
      expect(rows.filter((row) => within(row.from, from) && within(row.to, to)).map(describeImport)).to.deep.equal([])
    })
  }
})

describe('folders without input and output', () => {
  for (const folder of withoutIo) {
    it(folder, () => {
      const found = imports.filter(({ from, to }) => within(from, folder) && ioModules.some((name) => within(to, name)))
      expect(found.map(describeImport)).to.deep.equal([])
    })
  }
})

/** Where a file stands in the list; undefined: in no folder of it. */
function rankOf(file: string): number | undefined {
  const inPlugin = isPlugin(file)
  const fits = order.filter((folder) => (folder === 'src/plugins/*' ? inPlugin : within(file, folder)))
  const longest = fits.toSorted((left, right) => right.length - left.length)[0]
  return longest === undefined ? undefined : order.indexOf(longest)
}

function leadsDown({ from, to }: Import): boolean {
  return (rankOf(to) ?? Number.POSITIVE_INFINITY) > (rankOf(from) ?? Number.NEGATIVE_INFINITY)
}

function isPlugin(file: string): boolean {
  return pluginOf(file) !== undefined
}

/** `src/plugins/log/setup.ts` belongs to the plugin log; `src/plugins/order.ts` to none. */
function pluginOf(file: string): string | undefined {
  return /^src\/plugins\/([^/]+)\//.exec(file)?.[1]
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

function describeImport({ from, to, line }: Import): string {
  return `${from}:${line} imports ${to}`
}
