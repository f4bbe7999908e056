import { type Property, someArguments } from '../../corefile/directive-reader.ts'
import { readKeyPair, readRoots } from '../../plugin/certificates.ts'
import type { SetupContext } from '../../plugin/setup.ts'
import type { TlsOptions } from '../../plugin/upstream.ts'

/**
 * `tls [CA]`, `tls CERT KEY [CA]`: paths of PEM files.
 *
 * @throws CorefileError one cannot be read, or holds something else; in the words of CoreDNS
 */
export function readTls(property: Property, context: Pick<SetupContext, 'files' | 'offers'>): TlsOptions {
  const [first, second, third] = someArguments(property, { max: 3 })
  if (first === undefined) return {}
  if (second === undefined) return { ca: readRoots(first, context) }
  return { ...readKeyPair(first, second, context), ...(third !== undefined && { ca: readRoots(third, context) }) }
}
