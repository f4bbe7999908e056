/**
 * scripts: what turns a checkout into a package.
 *
 * `npm run build` is build.ts; the work is here, so that a test and the benchmark can bundle into a folder of theirs.
 */
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { thirdPartyLicenses } from './third-party-licenses.ts'

const root = join(import.meta.dirname, '..')

/**
 * What stands above all modules.
 *
 * An older Node.js does not know import.meta.main: without a word from here it would do nothing, and call that success.
 * CommonJS dependencies call `require`, which a module does not have; esbuild uses one that stands at the top.
 */
const head = [
  '#!/usr/bin/env node',
  "if (!('main' in import.meta)) {",
  "  console.error('cluster-dns needs Node.js 24.2 or newer, found ' + process.version)",
  '  process.exit(1)',
  '}',
  "import { createRequire as createRequireForBundle } from 'node:module'",
  'const require = createRequireForBundle(import.meta.url)',
].join('\n')

export interface Bundle {
  /** The one file that runs. */
  readonly file: string
  readonly octets: number
  /** The licences of what is bundled, which ask to travel with every copy. */
  readonly licenses: string
}

/** Code for a machine, not for Node.js, cannot be bundled: it is copied, as packages, to `node_modules` beside the bundle. */
const native = ['koffi', `@koromix/koffi-${process.platform}-${process.arch}`]

/**
 * Bundles the command line with all its dependencies into `folder`, which needs nothing from elsewhere.
 *
 * What is native is that of the machine that builds. Not minified: names in a stack trace are worth more to a user than the octets.
 */
export async function bundle(folder: string): Promise<Bundle> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts'],
    outfile: join(folder, 'cluster-dns.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    define: { 'process.env.CLUSTER_DNS_VERSION': JSON.stringify(await packageVersion()) },
    external: native,
    legalComments: 'eof',
    metafile: true,
    write: false,
    logLevel: 'warning',
  })
  const [output] = result.outputFiles
  if (output === undefined) throw new Error('esbuild made no file')

  const text = `${head}\n${withoutHashbang(output.text)}`
  const licenses = join(folder, 'LICENSES.txt')
  await mkdir(dirname(output.path), { recursive: true })
  await writeFile(output.path, text)
  await chmod(output.path, 0o755)
  const copied = await copyNative(folder)
  await writeFile(licenses, await thirdPartyLicenses(root, [...Object.keys(result.metafile.inputs), ...copied]))
  return { file: output.path, octets: Buffer.byteLength(text), licenses }
}

/**
 * Copies what of the native packages is used: code and licences, not their sources.
 *
 * @returns the folders with their licences, from the root: the binary comes without one, and is koffi's; none where npm found no binary for this machine
 */
async function copyNative(folder: string): Promise<string[]> {
  const packages = native.map((name) => `node_modules/${name}`)
  const [koffi = ''] = packages
  if (!packages.every((each) => existsSync(join(root, each)))) return []
  const isSource = (path: string): boolean =>
    /\/koffi\/(doc|lib|vendor|src\/koffi\/src\/abi)$|\.(cc|hh|inc|def|md)$/.test(path)
  for (const each of packages) {
    await cp(join(root, each), join(folder, each), { recursive: true, filter: (path) => !isSource(path) })
  }
  return [koffi]
}

async function packageVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  return version
}

/** esbuild keeps the entry file's first line where it is one; only one may stand in the bundle. */
function withoutHashbang(text: string): string {
  return text.startsWith('#!') ? text.slice(text.indexOf('\n') + 1) : text
}
