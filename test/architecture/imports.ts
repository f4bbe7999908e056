import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** One arrow of the source tree. */
export interface Import {
  /** The file that imports, such as `src/cli/main.ts`. */
  readonly from: string
  /** A file of ours (`src/util/log.ts`), or a module by its name (`dns2`, `node:fs`). */
  readonly to: string
  readonly line: number
}

/** Every import of every file below `src`, type-only ones too: they are knowledge of the other side as well. */
export function sourceImports(): Import[] {
  return sourceFiles().flatMap(importsOf)
}

export function sourceFiles(): string[] {
  const entries = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  return files.map((entry) => slashed(relative(root, join(entry.parentPath, entry.name)))).sort()
}

/** `import … from 'x'`, `export … from 'x'`, `import 'x'` at the start of a line, and `import('x')` anywhere. */
const statement = /^(?:import|export)\b[^'"`;]*?from\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'/gm

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(statement)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? ''
    const to = specifier.startsWith('.') ? slashed(join(dirname(file), specifier)) : packageOf(specifier)
    return { from: file, to, line: text.slice(0, match.index).split('\n').length }
  })
}

/** `ajv/dist/2019.js` belongs to `ajv`; a built-in module stays as it is. */
function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function slashed(path: string): string {
  return path.split(sep).join('/')
}
