import type { Token } from './model.ts'

/** A token as it is written: the environment is not resolved yet. */
export interface RawToken extends Token {
  /** Whether it is the first of its line: what a directive's or key list's end is told by. */
  readonly startsLine: boolean
}

/**
 * The pieces of a Corefile; every character belongs to one.
 *
 * White space is Unicode's (the same set as Go's `unicode.IsSpace`). A carriage return parts no words: it is dropped
 * from inside one.
 */
const piece = new RegExp(
  [
    String.raw`\p{White_Space}+|#[^\n]*`,
    String.raw`"(?<quoted>[^"\\]*(?:\\.[^"\\]*)*)(?:(?<closing>")|\\?$)`,
    // A comment that begins inside a word ends at the next blank, not at the line's end: CoreDNS 1.14.7 reads
    // `30#s now` as two tokens, `30` and `now`.
    String.raw`(?<word>(?:\r|[^\p{White_Space}#])+)(?:#(?:\r|\P{White_Space})*)?`,
  ].join('|'),
  'gsu',
)

/**
 * Splits a Corefile into tokens; any text is lexically valid.
 *
 * Quotes count only at a word's start, and only `\"` is an escape in them. A quote that is never closed ends with the
 * text. Braces are words like others, and a quoted brace cannot be told from a bare one, as in CoreDNS.
 *
 * @param file stands in the tokens as it is given
 */
export function tokenize(text: string, file: string): RawToken[] {
  const tokens: RawToken[] = []
  let line = 1
  let lastTokenEnd = 0
  for (const { 0: written, groups = {} } of withoutByteOrderMark(text).matchAll(piece)) {
    const word = wordOf(groups)
    const end = line + countLineFeeds(written)
    if (word !== undefined) {
      tokens.push({ text: word, file, line, startsLine: line > lastTokenEnd })
      lastTokenEnd = end
    }
    line = end
  }
  return tokens
}

function wordOf({ word, quoted, closing }: Partial<Record<string, string>>): string | undefined {
  if (word !== undefined) return word.replaceAll('\r', '')
  if (quoted === undefined || (quoted === '' && closing === undefined)) return undefined
  return quoted.replace(/\\(.)/gsu, (pair, escaped) => (escaped === '"' ? '"' : pair))
}

function withoutByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

function countLineFeeds(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
