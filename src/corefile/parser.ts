import type { RawDirective } from './directive-parser.ts'
import { checkDuplicates } from './duplicates.ts'
import { Imports } from './imports.ts'
import type { CorefileIo } from './io.ts'
import { tokenize } from './lexer.ts'
import type { Corefile, Directive, ServerBlock } from './model.ts'
import { type RawServerBlock, readServerBlocks } from './server-block-parser.ts'
import { parseServerKey } from './server-key.ts'
import { TokenReader } from './token-reader.ts'

export interface ParseOptions {
  /** Where a key of the scheme `dns` is served if it names no port. */
  readonly defaultPort?: number
  /** The names that a directive may have; left out: any. */
  readonly directiveNames?: readonly string[]
}

/**
 * Reads a Corefile, with all that it imports; one without server blocks stands for `. { whoami, log }`.
 *
 * Keys are looked at when all blocks are read, as CoreDNS does: of several errors, the first in that order is thrown.
 *
 * @param file stands in errors as it is given; relative imports start from its directory
 * @throws CorefileError what was found, and where
 */
export function parseCorefile(text: string, file: string, io: CorefileIo, options: ParseOptions = {}): Corefile {
  const { defaultPort = 53, directiveNames } = options
  const written = parseRawCorefile(text, file, io, directiveNames)
  const blocks =
    written.length > 0 ? written : parseRawCorefile(`.:${defaultPort} {\nwhoami\nlog\n}\n`, file, io, directiveNames)
  const serverBlocks = blocks.map(toServerBlock)
  checkDuplicates(serverBlocks, defaultPort)
  return { file, serverBlocks }
}

/**
 * The server blocks as they are written, with all that is imported: keys are not looked at.
 *
 * @param directiveNames the names that a directive may have; undefined: any
 * @throws CorefileError what was found, and where
 */
export function parseRawCorefile(
  text: string,
  file: string,
  io: CorefileIo,
  directiveNames?: readonly string[],
): RawServerBlock[] {
  const reader = new TokenReader(tokenize(text, file), file)
  return readServerBlocks({ reader, imports: new Imports(io), io, directiveNames })
}

function toServerBlock({ keys, directives }: RawServerBlock): ServerBlock {
  const { file = '', line = 1 } = keys[0] ?? {}
  return { file, line, keys: keys.flatMap(parseServerKey), directives: directives.map(withoutTokens) }
}

/** They are twice in it otherwise: only the hash wants them so. */
function withoutTokens({ tokens: _, ...directive }: RawDirective): Directive {
  return directive
}
