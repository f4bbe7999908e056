import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The licence texts of our own package and of every package that a bundle holds, one after the other.
 *
 * @param root the checkout, with its node_modules
 * @param inputs the bundled files, relative to `root`, as esbuild's metafile names them
 * @throws Error a bundled package comes without a licence file
 */
export async function thirdPartyLicenses(root: string, inputs: readonly string[]): Promise<string> {
  const folders = [...new Set(inputs.flatMap(packageFolder))].sort()
  const sections = await Promise.all(['.', ...folders].map((folder) => section(root, folder)))
  return sections.join(`\n${'='.repeat(80)}\n\n`)
}

/** `node_modules/yaml/dist/index.js` lies in `node_modules/yaml`; a file of ours in none. */
function packageFolder(input: string): string[] {
  const match = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)
  return match === null ? [] : [match[0]]
}

async function section(root: string, folder: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as Manifest
  const file = (await readdir(join(root, folder))).find((entry) => /^licen[cs]e(\.|$)/i.test(entry))
  if (file === undefined) throw new Error(`${name} is bundled, but ${folder} holds no licence`)
  const text = await readFile(join(root, folder, file), 'utf8')
  return `${name} ${version}\n\n${text.trimEnd()}\n`
}

interface Manifest {
  readonly name: string
  readonly version: string
}
