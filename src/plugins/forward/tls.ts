import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { type Property, someArguments } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Token } from '../../corefile/model.ts'
import { fileProblem } from '../../plugin/file-problem.ts'
import { underRoot } from '../../plugin/root-path.ts'
import type { SetupContext } from '../../plugin/setup.ts'
import type { TlsOptions } from '../../plugin/upstream.ts'
import { messageOf } from '../../util/errors.ts'

/**
 * `tls [CA]`, `tls CERT KEY [CA]`: paths of PEM files.
 *
 * @throws CorefileError one cannot be read, or holds something else; in the words of CoreDNS
 */
export function readTls(property: Property, context: Pick<SetupContext, 'files' | 'offers'>): TlsOptions {
  const args = someArguments(property, { max: 3 })
  const [first, second, third] = args
  if (first === undefined) return {}
  if (second === undefined) return readCa(first, context)
  return { ...readPair(first, second, context), ...(third !== undefined && readCa(third, context)) }
}

function readCa(token: Token, { files, offers }: Pick<SetupContext, 'files' | 'offers'>): TlsOptions {
  const path = underRoot({ offers }, token.text)
  try {
    return { ca: checked(files.readText(path), token) }
  } catch (error) {
    if (error instanceof CorefileError) throw error
    throw new CorefileError(token, `error reading ${path}: ${fileProblem(error, path)}`, { cause: error })
  }
}

/** It begins with a certificate. */
function checked(ca: string, token: Token): string {
  try {
    new X509Certificate(ca)
    return ca
  } catch (cause) {
    throw new CorefileError(token, 'could not read root certs: <nil>', { cause })
  }
}

function readPair(
  certificate: Token,
  privateKey: Token,
  { files, offers }: Pick<SetupContext, 'files' | 'offers'>,
): TlsOptions {
  const read = (token: Token): string => {
    const path = underRoot({ offers }, token.text)
    try {
      return files.readText(path)
    } catch (error) {
      throw new CorefileError(token, `could not load TLS cert: ${fileProblem(error, path)}`, { cause: error })
    }
  }
  const [cert, key] = [read(certificate), read(privateKey)]
  const known = parse(certificate, 'certificate', () => new X509Certificate(cert))
  const secret: KeyObject = parse(privateKey, 'key', () => createPrivateKey(key))
  if (!known.checkPrivateKey(secret)) {
    throw new CorefileError(privateKey, 'could not load TLS cert: tls: private key does not match public key')
  }
  return { cert, key }
}

function parse<T>(token: Token, what: 'certificate' | 'key', read: () => T): T {
  try {
    return read()
  } catch (cause) {
    const message = `could not load TLS cert: tls: failed to parse ${what} input: ${messageOf(cause)}`
    throw new CorefileError(token, message, { cause })
  }
}
