import { RdataSyntaxError } from '../errors.ts'
import { type Name, parseRelativeName, root } from '../name.ts'
import { formatName } from '../text/words.ts'
import { dns2Name } from '../wire/dns2-name.ts'
import { octetsOfName } from '../wire/write-name.ts'
import type { RdataCodec } from './codec.ts'

/** CNAME, NS and PTR: one name, RFC 1035 sections 3.3.1, 3.3.11, 3.3.12. */
export function targetCodec(
  type: 'CNAME' | 'NS' | 'PTR',
  field: 'domain' | 'ns',
): RdataCodec<{ readonly target: Name }> {
  return {
    names: { at: 0, count: 1 },
    size: ({ target }) => octetsOfName(target),
    encode: ({ target }) => ({ [field]: dns2Name(target) }),
    decode: (_, { names: [target = root] }) => ({ target }),
    format: ({ target }, spell = formatName) => spell(target),
    parse: (words, origin) => ({ target: parseSoleName(type, words, origin) }),
  }
}

/**
 * Rdata that are one name.
 *
 * @throws RdataSyntaxError, NameSyntaxError
 */
export function parseSoleName(type: string, words: readonly string[], origin: Name): Name {
  const [name, ...more] = words
  if (name === undefined || more.length > 0) throw new RdataSyntaxError(type, words.join(' '), 'one name')
  return parseRelativeName(name, origin)
}
