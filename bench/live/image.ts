import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'

/**
 * The command that the image runs, with this Node.js and this bundle in place of the image's.
 *
 * Flags and environment are what stands in the Dockerfile's last stage: what is measured is what users run.
 *
 * @throws Error the ENTRYPOINT is not of the form ["…/node", FLAG…, "….mjs"]
 */
export function imageCommand(dockerfile: string, bundle: string): string[] {
  const lines = dockerfile.split('\n')
  const stage = lines.slice(
    Math.max(
      0,
      lines.findLastIndex((line) => line.startsWith('FROM ')),
    ),
  )
  const rest = (keyword: string): string[] =>
    stage.flatMap((line) => (line.startsWith(`${keyword} `) ? line.slice(keyword.length + 1) : []))
  const [entrypoint = ''] = rest('ENTRYPOINT')
  const environment = rest('ENV').map(assignment)
  const words: unknown = entrypoint.startsWith('[') ? JSON.parse(entrypoint) : undefined
  if (!Array.isArray(words) || !/(^|\/)node$/.test(String(words[0])) || !/\.mjs$/.test(String(words.at(-1)))) {
    throw new Error(`Dockerfile: found ENTRYPOINT ${entrypoint}, expected ["node", FLAG..., "FILE.mjs"]`)
  }
  const command = [process.execPath, ...words.slice(1, -1).map(String), bundle]
  return environment.length === 0 ? command : ['env', ...environment, ...command]
}

/** `NAME=value` or `NAME="value"`, one a line. */
function assignment(text: string): string {
  const [, name, quoted, bare] = /^(\w+)=(?:"([^"\\$]*)"|([^\s"'\\$]*))$/.exec(text) ?? []
  if (name === undefined) throw new Error(`Dockerfile: found ENV ${text}, expected one NAME=value`)
  return `${name}=${quoted ?? bare}`
}

/** The flags and the environment alone, for people; empty: there are none. */
export function imageFlags(command: readonly string[]): string {
  return command
    .slice(0, -1)
    .filter((word) => word !== 'env' && word !== process.execPath)
    .join(' ')
}

/** What the image holds of ours: octets of each part of the bundle's folder. */
export interface BundleSize {
  /** cluster-dns.mjs, and the chunks that it may load. */
  readonly program: number
  readonly chunks: number
  /** node_modules: what is native. */
  readonly native: number
  readonly licenses: number
  readonly all: number
}

export function measureBundle(folder: string): BundleSize {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const parts = { program: 0, chunks: 0, native: 0, licenses: 0 }
  for (const file of files) {
    const stat = statSync(join(folder, file))
    if (!stat.isFile()) continue
    const [top = ''] = file.split(sep)
    const part =
      top === 'chunks' ? 'chunks' : top === 'node_modules' ? 'native' : top.endsWith('.txt') ? 'licenses' : 'program'
    parts[part] += stat.size
  }
  return { ...parts, all: parts.program + parts.chunks + parts.native + parts.licenses }
}

export function readDockerfile(root: string): string {
  return readFileSync(join(root, 'Dockerfile'), 'utf8')
}
