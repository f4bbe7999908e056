import { randomBytes } from 'node:crypto'
import { noArguments, onlyOccurrence, walkProperties } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import { root, tryParseName } from '../../dns/name.ts'
import type { Setup } from '../../plugin/setup.ts'
import { Loop } from './loop.ts'

/** `loop`, without anything. */
export const setupLoop: Setup = (occurrences, { serverBlock, upstreams, timer, fatal }) => {
  const directive = onlyOccurrence(occurrences)
  noArguments(directive)
  walkProperties(directive, {})
  const { zone = root } = serverBlock.keys[0] ?? {}
  const qname = tryParseName(`${randomNumber()}.${randomNumber()}.${zone === root ? '' : zone}`)
  if (qname === undefined) throw new CorefileError(directive, `zone ${zone} has no room for a name below it`)
  const loop = new Loop({ zone, qname, upstreams, timer, fatal })
  return { handler: loop, service: loop }
}

/** Of 62 bits, in decimal. */
function randomNumber(): string {
  return String(randomBytes(8).readBigUInt64BE() >> 2n)
}
