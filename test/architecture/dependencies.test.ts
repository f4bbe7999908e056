import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { sourceImports } from './imports.ts'

const root = join(import.meta.dirname, '../..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}
const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8')

/** The list below a heading, of lines such as ``- `yaml` (where it is used): why``. */
function listed(heading: string): { name: string; user: string }[] {
  const section = page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? ''
  const rows = section.matchAll(/^- `([^`]+)` \((.+?)\): /gm)
  return [...rows].map(([, name = '', user = '']) => ({ name, user }))
}

describe('docs/dependencies.md', () => {
  it('gives the reason for every package that we ship', () => {
    expect(listed('Shipped').map(({ name }) => name)).to.deep.equal(Object.keys(manifest.dependencies))
  })

  it('gives the reason for every package that we develop with', () => {
    expect(listed('For development').map(({ name }) => name)).to.deep.equal(Object.keys(manifest.devDependencies))
  })

  it('names the one file of src that imports each', () => {
    const packages = sourceImports().filter(({ to }) => !to.startsWith('src/') && !to.startsWith('node:'))
    const found = packages.map(({ from, to }) => ({ name: to, user: `\`${from}\`` }))
    expect(found.sort((left, right) => left.name.localeCompare(right.name))).to.deep.equal(listed('Shipped'))
  })

  it('stands for versions that are pinned', () => {
    for (const version of Object.values({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect(version).to.match(/^\d+\.\d+\.\d+$/)
    }
  })
})
