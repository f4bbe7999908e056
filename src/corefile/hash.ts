import { createHash } from 'node:crypto'
import type { RawDirective } from './directive-parser.ts'
import type { CorefileIo } from './io.ts'
import type { Token } from './model.ts'
import { parseRawCorefile } from './parser.ts'
import type { RawServerBlock } from './server-block-parser.ts'

/**
 * The SHA-512 of a configuration in hexadecimal, as CoreDNS 1.14.7 counts it: equal Corefiles have equal ones in both.
 *
 * Made of the words with their lines, imports in their places and the environment resolved; comments and blanks count
 * only by the lines that they move. What the directives are is not looked at.
 *
 * @throws CorefileError as `parseCorefile`, but for unknown directives and keys that are no zones
 */
export function hashCorefile(text: string, file: string, io: CorefileIo): string {
  const blocks = parseRawCorefile(text, file, io)
  // Without a block there is no list at all for Go.
  const encoded = blocks.length === 0 ? null : blocks.map((block) => encodeBlock(block, file))
  return createHash('sha512')
    .update(asGoWrites(JSON.stringify(encoded)))
    .digest('hex')
}

function encodeBlock({ keys, directives }: RawServerBlock, file: string): object {
  return { Keys: keys.map(({ text }) => text), Tokens: Object.fromEntries(tokensByName(directives, file)) }
}

/** All occurrences of a directive are one list; the names in the order of their octets, as Go has the keys of a map. */
function tokensByName(directives: readonly RawDirective[], file: string): [name: string, tokens: object[]][] {
  const byName = Map.groupBy(directives, ({ name }) => name)
  const names = [...byName.keys()].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
  return names.map((name) => [
    name,
    (byName.get(name) ?? []).flatMap(({ tokens }) => tokens.map((token) => encodeToken(token, file))),
  ])
}

/** What is imported has its absolute path, the Corefile itself none. */
function encodeToken({ text, file, line }: Token, corefile: string): object {
  return { File: file === corefile ? '' : file, Line: line, Text: text }
}

/** Go's encoding/json writes these so that they may stand within HTML and JavaScript. */
function asGoWrites(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
