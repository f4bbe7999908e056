import { someArguments, walkProperties, wrongArguments } from '../../corefile/directive-reader.ts'
import { tryParseInteger } from '../../corefile/integer.ts'
import type { Directive } from '../../corefile/model.ts'
import { defaultPayloadSize, minimumPayloadSize } from '../../dns/edns.ts'
import type { Setup } from '../../plugin/setup.ts'
import { bufsize } from './bufsize.ts'

/** What CoreDNS takes at most. */
const maximumSize = 4096

/** `bufsize [SIZE]`; of several the first counts. */
export const setupBufsize: Setup = (occurrences) => {
  const [first] = occurrences.map(readSize)
  return first === undefined ? {} : { handler: bufsize(first) }
}

function readSize(directive: Directive): number {
  const [token] = someArguments(directive, { max: 1 })
  walkProperties(directive, {})
  if (token === undefined) return defaultPayloadSize
  const size = tryParseInteger(token.text)
  if (size === undefined || size < minimumPayloadSize || size > maximumSize) throw wrongArguments(directive)
  return size
}
