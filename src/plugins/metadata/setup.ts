import { readZones } from '../../corefile/directive-reader.ts'
import { argumentError } from '../../corefile/errors.ts'
import type { Setup } from '../../plugin/setup.ts'
import { metadata } from './metadata.ts'

/** `metadata [ZONES…]`: with it, what other plugins can say of a query may be asked for. */
export const setupMetadata: Setup = ([directive, second], { serverBlock, offers }) => {
  if (directive === undefined) throw new TypeError('a directive is set up only where it occurs')
  const property = directive.body?.[0]?.[0]
  if (property !== undefined) throw argumentError(property)
  if (second !== undefined) throw argumentError({ text: second.name, file: second.file, line: second.line })
  offers.metadataZones = readZones(directive.args, serverBlock)
  return { handler: metadata }
}
