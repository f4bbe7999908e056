/** Certificates and keys that directives name: files in PEM, read and checked in the words of CoreDNS, which are Go's. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { CorefileError } from '../corefile/errors.ts'
import type { Token } from '../corefile/model.ts'
import { fileProblem } from './file-problem.ts'
import { underRoot } from './root-path.ts'
import type { SetupContext } from './setup.ts'

type FileContext = Pick<SetupContext, 'files' | 'offers'>

/** Both in PEM, and nothing else in it. */
export interface KeyPair {
  /** With those that stand behind it. */
  readonly cert: string
  readonly key: string
}

/**
 * A certificate and its key.
 *
 * @throws CorefileError `could not load TLS cert: …`: one cannot be read, holds something else, or they do not belong together
 */
export function readKeyPair(certificate: Token, privateKey: Token, context: FileContext): KeyPair {
  const fail = (token: Token, reason: string) => new CorefileError(token, `could not load TLS cert: ${reason}`)
  const [cert, key] = [certificate, privateKey].map((token) => pemBlocks(readFile(token, context, fail)))
  const certs = (cert ?? []).filter(({ label }) => label === 'CERTIFICATE')
  const [leaf] = certs
  if (leaf === undefined) throw fail(certificate, noCertificate(cert ?? []))
  const keyBlock = key?.find(({ label }) => /^(?:.* )?PRIVATE KEY$/.test(label))
  if (keyBlock === undefined) throw fail(privateKey, noKey(key ?? []))

  const known = tryRead(() => new X509Certificate(leaf.text))
  if (known === undefined) throw fail(certificate, 'x509: malformed certificate')
  const secret = tryRead(() => createPrivateKey(keyBlock.text))
  if (secret === undefined) throw fail(privateKey, 'tls: failed to parse private key')
  const fault = mismatch(known, secret)
  if (fault !== undefined) throw fail(privateKey, fault)
  return { cert: certs.map(({ text }) => text).join('\n'), key: keyBlock.text }
}

/**
 * The certificates of authorities, in PEM: those in the file that can be read.
 *
 * @throws CorefileError the file cannot be read, or holds none
 */
export function readRoots(token: Token, context: FileContext): string {
  const text = readFile(token, context, (at, reason, path) => new CorefileError(at, `error reading ${path}: ${reason}`))
  const roots = pemBlocks(text).filter(
    (block) => block.label === 'CERTIFICATE' && tryRead(() => new X509Certificate(block.text)) !== undefined,
  )
  if (roots.length === 0) throw new CorefileError(token, 'could not read root certs: <nil>')
  return roots.map((block) => block.text).join('\n')
}

type Fail = (token: Token, reason: string, path: string) => CorefileError

function readFile(token: Token, { files, offers }: FileContext, fail: Fail): string {
  const path = underRoot({ offers }, token.text)
  try {
    return files.readText(path)
  } catch (error) {
    throw fail(token, fileProblem(error, path), path)
  }
}

interface PemBlock {
  /** What it says that it is: `CERTIFICATE`. */
  readonly label: string
  readonly text: string
}

/** RFC 7468; what is none, or has octets in it that are not base64, is passed over. */
function pemBlocks(text: string): PemBlock[] {
  return [...text.matchAll(/^-----BEGIN ([^\r\n]+)-----\r?\n([\s\S]*?)^-----END \1-----[ \t]*$/gm)].flatMap(
    ([block, label = '', body = '']) => {
      const octets = body.replace(/^[\s\S]*?:[\s\S]*?\r?\n\r?\n/, '') // headers, such as those of a key that is encrypted
      return /^[A-Za-z0-9+/=\s]*$/.test(octets) ? { label, text: `${block}\n` } : []
    },
  )
}

function noCertificate(found: readonly PemBlock[]): string {
  const [first] = found
  if (first === undefined) return 'tls: failed to find any PEM data in certificate input'
  if (found.length === 1 && first.label.endsWith('PRIVATE KEY')) {
    return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
  }
  return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: ${labels(found)}`
}

function noKey(found: readonly PemBlock[]): string {
  const [first] = found
  if (first === undefined) return 'tls: failed to find any PEM data in key input'
  if (found.length === 1 && first.label === 'CERTIFICATE') {
    return 'tls: found a certificate rather than a key in the PEM for the private key'
  }
  return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: ${labels(found)}`
}

function labels(found: readonly PemBlock[]): string {
  return `[${found.map(({ label }) => label).join(' ')}]`
}

function mismatch(known: X509Certificate, secret: KeyObject): string | undefined {
  if (known.publicKey.asymmetricKeyType !== secret.asymmetricKeyType) {
    return 'tls: private key type does not match public key type'
  }
  return known.checkPrivateKey(secret) ? undefined : 'tls: private key does not match public key'
}

/** What OpenSSL says of octets that it does not know is of no use to people. */
function tryRead<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
