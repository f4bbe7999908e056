import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Import, sourceImports } from './imports.ts'

const root = join(import.meta.dirname, '../..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
  optionalDependencies: Record<string, string>
  devDependencies: Record<string, string>
}
const shipped = { ...manifest.dependencies, ...manifest.optionalDependencies }
const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8')

/** The list below a heading, of lines such as ``- `yaml` (where it is used): why``. */
function listed(heading: string): { name: string; user: string }[] {
  const section = page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? ''
  const rows = section.matchAll(/^- `([^`]+)` \((.+?)\): /gm)
  return [...rows].map(([, name = '', user = '']) => ({ name, user }))
}

describe('docs/dependencies.md', () => {
  it('gives the reason for every package that we ship', () => {
    expect(listed('Shipped').map(({ name }) => name)).to.have.members(Object.keys(shipped))
  })

  it('gives the reason for every package that we develop with', () => {
    expect(listed('For development').map(({ name }) => name)).to.deep.equal(Object.keys(manifest.devDependencies))
  })

  it('names the files of src that import each, and no other file does', () => {
    const owners = listed('Shipped').flatMap(({ name, user }) => quoted(user).map((path) => ({ name, path })))
    const owns = (owner: Owner, { from, to }: Import): boolean => owner.name === to && from.startsWith(owner.path)
    const imports = sourceImports().filter(({ to }) => !to.startsWith('src/') && !to.startsWith('node:'))
    expect(imports.filter((each) => !owners.some((owner) => owns(owner, each)))).to.deep.equal([])
    expect(owners.filter((owner) => !imports.some((each) => owns(owner, each)))).to.deep.equal([])
  })

  it('stands for versions that are pinned', () => {
    for (const version of Object.values({ ...shipped, ...manifest.devDependencies })) {
      expect(version).to.match(/^\d+\.\d+\.\d+$/)
    }
  })
})

/** A package, and a file or a folder (with its slash) that may import it. */
interface Owner {
  readonly name: string
  readonly path: string
}

function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')
}
