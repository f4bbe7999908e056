import { ZoneFileError } from '../errors.ts'

/** One word of a zone file. */
export interface Word {
  /** Without the quotes it stands in, but with those of a part (`alpn="h2"`); escapes as they are. */
  readonly text: string
  readonly quoted: boolean
}

/** What stands on one line, or on several between parentheses (RFC 1035 section 5.1). */
export interface Entry {
  /** Of its first word, counted from 1. */
  readonly line: number
  /** Whether the line begins with a blank: it has the owner of the record before. */
  readonly startsBlank: boolean
  readonly words: readonly Word[]
}

/** A blank, the end of a line, a comment, a parenthesis, a quoted string, or a word, which may hold quoted parts. */
const tokenPattern =
  /([ \t\r]+)|(\n)|(;[^\n]*)|([()])|"((?:[^"\\]|\\[^\n])*)"|((?:[^\s;()"\\]|\\[^\n])(?:[^\s;()"\\]|\\[^\n]|"(?:[^"\\]|\\[^\n])*")*)/y

/**
 * The entries of a zone file, without those that are empty.
 *
 * @throws ZoneFileError a parenthesis or a quote without its other, or half an escape
 */
export function* readEntries(text: string, file: string): Generator<Entry, void> {
  const pattern = new RegExp(tokenPattern) // the position in the text is its own
  let words: Word[] = []
  let [line, firstLine, openedAt] = [1, 1, 0]
  let [startsBlank, isLineStart] = [false, true]
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex
    const found = pattern.exec(text)
    if (found === null) throw new ZoneFileError(file, line, `${problemAt(text, at)}`)
    const [all, blank, lineEnd, comment, parenthesis, quoted, plain] = found
    if (isLineStart && openedAt === 0) startsBlank = blank !== undefined
    isLineStart = lineEnd !== undefined
    if (parenthesis === '(') {
      if (openedAt > 0) throw new ZoneFileError(file, line, "a '(' within others")
      openedAt = line
    } else if (parenthesis === ')') {
      if (openedAt === 0) throw new ZoneFileError(file, line, "a ')' without its '('")
      openedAt = 0
    } else if (lineEnd === undefined && blank === undefined && comment === undefined) {
      if (words.length === 0) firstLine = line
      words.push(quoted === undefined ? { text: plain ?? '', quoted: false } : { text: quoted, quoted: true })
    }
    for (let next = all.indexOf('\n'); next >= 0; next = all.indexOf('\n', next + 1)) line++
    if (lineEnd === undefined || openedAt > 0) continue
    if (words.length > 0) yield { line: firstLine, startsBlank, words }
    words = []
  }
  if (openedAt > 0) throw new ZoneFileError(file, openedAt, "a '(' without its ')'")
  if (words.length > 0) yield { line: firstLine, startsBlank, words }
}

function problemAt(text: string, at: number): string {
  return text[at] === '\\' ? 'a backslash at the end of a line' : 'a quote without its other'
}
