import { expect } from 'chai'
import type { Directive, ServerBlock } from '../../src/corefile/model.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { memoryIo } from '../corefile/memory-io.ts'
import { buildCorefile } from './serve.ts'

/** A directive as it stands in line 3 of a Corefile, and what is thrown, with its line; undefined: it is good. */
export interface SetupCase {
  readonly text: string
  readonly line?: number
  readonly error?: string
}

/**
 * A test for each: the directive is taken, or refused by its plugin with this message and no other.
 *
 * @param files what directives may read, once the tests run
 */
export function testSetup(cases: readonly SetupCase[], files: Record<string, string> = {}): void {
  for (const { text, line = 3, error } of cases) {
    const build = () => buildCorefile(`.:53 {\n\n${text}\n}\n`, files)
    const written = text.replaceAll('\n', ' ; ')
    if (error === undefined) {
      it(`takes: ${written}`, () => expect(build).not.to.throw())
    } else {
      const message = `plugin/${text.split(/\s/)[0]}: Corefile:${line} - Error during parsing: ${error}`
      it(`refuses: ${written}: ${message}`, () => expect(build).to.throw().with.property('message', message))
    }
  }
}

export const wrongCount = (word: string) => `Wrong argument count or unexpected line ending after '${word}'`

/** The one directive of a Corefile with one server block, as a setup gets it. */
export function onlyDirective(corefile: string): { serverBlock: ServerBlock; directive: Directive } {
  const [serverBlock] = parseCorefile(corefile, 'Corefile', memoryIo()).serverBlocks
  const [directive] = serverBlock?.directives ?? []
  if (serverBlock === undefined || directive === undefined) throw new Error('no directive')
  return { serverBlock, directive }
}
