/**
 * text: DNS as people read it: zone-file lines (RFC 1035 section 5.1) and messages as dig prints them.
 *
 * record.ts is lines to RRsets and back, zone-file.ts whole files, message.ts messages. Start here: what a line is made of.
 */
import { RecordSyntaxError } from '../errors.ts'
import type { Name } from '../name.ts'

const wordPattern =
  /\s*(?:"((?:[^"\\]|\\.)*)"(?=[\s;]|$)|((?:[^\s;"\\]|\\.)(?:[^\s;"\\]|\\.|"(?:[^"\\]|\\.)*"(?=[\s;]|$))*)|;.*$)/y

/**
 * The words of one zone-file line, without its comment.
 *
 * A quoted string is one word, its quotes taken off unless it ends a word (`alpn="h2"`); escapes stay as they are, for
 * only the type knows what they mean.
 *
 * @throws RecordSyntaxError a quote that is not closed, or half an escape
 */
export function splitWords(line: string): string[] {
  const text = line.trimEnd()
  const words: string[] = []
  wordPattern.lastIndex = 0
  while (wordPattern.lastIndex < text.length) {
    const at = wordPattern.lastIndex
    const found = wordPattern.exec(text)
    if (found === null) throw new RecordSyntaxError(line, `words, found '${text.slice(at).trimStart()}'`)
    const word = found[1] ?? found[2]
    if (word !== undefined) words.push(word)
  }
  return words
}

/** A name as a zone file has it: what is no letter there but means something is escaped, as BIND does it. */
export function formatName(name: Name | string): string {
  return name.replace(/["();@$]/g, '\\$&')
}
