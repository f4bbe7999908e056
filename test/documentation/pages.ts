import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface Page {
  /** From the top of the checkout, with slashes. */
  readonly path: string
  readonly text: string
}

/** A fenced block. */
export interface Block {
  readonly path: string
  /** The line of the page that its text begins on, from 1. */
  readonly line: number
  /** What stands behind the opening fence. */
  readonly language: string
  readonly text: string
}

/** What users and contributors read: the pages at the top, in docs, and beside plugins and benchmarks. */
export function documentationPages(): Page[] {
  const below = ['docs', 'src', 'bench'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  return [...readdirSync(root), ...below]
    .filter((path) => path.endsWith('.md'))
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map(readPage)
}

/** @param path from the top of the checkout */
export function readPage(path: string): Page {
  return { path, text: readFileSync(join(root, path), 'utf8') }
}

/** The text without its fenced blocks, where the same characters mean something else. */
export function proseOf(text: string): string {
  return text.replace(/^```.*?^```/gms, '')
}

/** What links to the headings of a page end in, as GitHub makes it; the second of one name has a number. */
export function anchorsOf({ text }: Page): string[] {
  const seen = new Map<string, number>()
  return [...proseOf(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const anchor = words.replace(/[^\p{L}\p{N}_\- ]/gu, '').replaceAll(' ', '-')
    const before = seen.get(anchor) ?? 0
    seen.set(anchor, before + 1)
    return before === 0 ? anchor : `${anchor}-${before}`
  })
}

export function blocksOf({ path, text }: Page): Block[] {
  const blocks: Block[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const language = /^```(.*)$/.exec(lines[at] ?? '')?.[1]
    if (language === undefined) continue
    const end = lines.indexOf('```', at + 1)
    if (end < 0) throw new Error(`${path}:${at + 1}: the block is never closed`)
    blocks.push({ path, line: at + 2, language, text: lines.slice(at + 1, end).join('\n') })
    at = end
  }
  return blocks
}
