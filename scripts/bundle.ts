/**
 * scripts: what turns a checkout into a package.
 *
 * `npm run build` is build.ts; the work is here, so that a test and the benchmark can bundle into a folder of theirs.
 */
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { leaveOut } from './left-out.ts'
import { thirdPartyLicenses } from './third-party-licenses.ts'

const root = join(import.meta.dirname, '..')

/** An older Node.js does not know import.meta.main: without a word from here it would do nothing, and call that success. */
const entryHead = [
  '#!/usr/bin/env node',
  "if (!('main' in import.meta)) {",
  "  console.error('cluster-dns needs Node.js 24.2 or newer, found ' + process.version)",
  '  process.exit(1)',
  '}',
].join('\n')

/** CommonJS dependencies call `require`, which a module does not have; esbuild uses one that stands at the top. */
const head = [
  "import { createRequire as createRequireForBundle } from 'node:module'",
  'const require = createRequireForBundle(import.meta.url)',
].join('\n')

export interface Bundle {
  /** The file that runs. */
  readonly file: string
  /** Of it, and of all that it loads. */
  readonly octets: number
  /** The licences of what is bundled, which ask to travel with every copy. */
  readonly licenses: string
}

/** Code for a machine, not for Node.js, cannot be bundled: it is copied, as packages, to `node_modules` beside the bundle. */
const native = ['koffi', `@koromix/koffi-${process.platform}-${process.arch}`]

/**
 * Bundles the command line with all its dependencies into `folder`, which needs nothing from elsewhere.
 *
 * What only a live cluster takes is a chunk by itself, and is loaded only for one. Chunks of an earlier bundle are removed.
 *
 * What is native is that of the machine that builds. Not minified: names in a stack trace are worth more to a user than the octets.
 */
export async function bundle(folder: string): Promise<Bundle> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts'],
    outdir: folder,
    entryNames: 'cluster-dns',
    chunkNames: 'chunks/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    banner: { js: head },
    plugins: [leaveOut],
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
  const file = join(folder, 'cluster-dns.mjs')
  const licenses = join(folder, 'LICENSES.txt')
  await rm(join(folder, 'chunks'), { recursive: true, force: true })
  await mkdir(join(folder, 'chunks'), { recursive: true })
  let octets = 0
  for (const { path, text } of result.outputFiles) {
    const whole = path === file ? `${entryHead}\n${withoutHashbang(text)}` : text
    octets += Buffer.byteLength(whole)
    await writeFile(path, whole)
  }
  await chmod(file, 0o755)
  const copied = await copyNative(folder)
  await writeFile(licenses, await thirdPartyLicenses(root, [...Object.keys(result.metafile.inputs), ...copied]))
  return { file, octets, licenses }
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
