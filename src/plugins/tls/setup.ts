/** tls: what clients that come over TLS are shown, and have to show (CoreDNS plugin/tls). No link of the chain. */
import { resolve } from 'node:path'
import { oneArgument, type Property, properties, someArguments } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Directive, Token } from '../../corefile/model.ts'
import { readKeyPair, readRoots } from '../../plugin/certificates.ts'
import { fileProblem } from '../../plugin/file-problem.ts'
import { underRoot } from '../../plugin/root-path.ts'
import { type ClientAuth, clientAuths, type ServerTls } from '../../plugin/settings.ts'
import type { Setup, SetupContext } from '../../plugin/setup.ts'

type TlsContext = Pick<SetupContext, 'files' | 'offers' | 'log'>

/** `tls CERT KEY [CA] { client_auth MODE; keylog FILE }`; of several in a block, and of options that repeat, the last counts. */
export const setupTls: Setup = (occurrences, context) => {
  const tls = occurrences.map((directive) => readTls(directive, context)).at(-1)
  return tls === undefined ? {} : { settings: { tls } }
}

/** The options come first: their faults are told before those of files, as in CoreDNS. */
function readTls(directive: Directive, context: TlsContext): ServerTls {
  if (directive.args.length === 0) throw new CorefileError(directive, acmeRefused)
  const [certificate, privateKey, authorities] = someArguments(directive, { min: 2, max: 3 })
  if (certificate === undefined || privateKey === undefined) throw new TypeError('there are two arguments at least')

  let clientAuth: ClientAuth = 'nocert'
  let keyLog: Token | undefined
  for (const property of properties(directive)) {
    if (property.name === 'client_auth') clientAuth = readClientAuth(property)
    else if (property.name === 'keylog') keyLog = oneArgument(property)
    else throw new CorefileError(property, `unknown option '${property.name}'`)
  }
  return {
    ...readKeyPair(certificate, privateKey, context),
    ...(authorities !== undefined && { ca: readRoots(authorities, context) }),
    clientAuth,
    ...(keyLog !== undefined && { onSecrets: openKeyLog(keyLog, context) }),
  }
}

/** Without arguments CoreDNS gets itself a certificate. */
const acmeRefused = "ACME is not supported: name a certificate and its key, 'tls CERT KEY [CA]'"

function readClientAuth(property: Property): ClientAuth {
  const { text } = oneArgument(property)
  const clientAuth = clientAuths.find((each) => each === text)
  if (clientAuth === undefined) throw new CorefileError(property, `unknown authentication type '${text}'`)
  return clientAuth
}

/** The file is made at once, so that what is wrong with it is told now. */
function openKeyLog(token: Token, { files, offers, log }: TlsContext): (line: string) => void {
  const path = resolve(underRoot({ offers }, token.text))
  const shown = JSON.stringify(path)
  try {
    files.append(path, '')
  } catch (error) {
    throw new CorefileError(token, `unable to write TLS Key Log to ${shown}: ${fileProblem(error, path)}`)
  }
  log.warning(`plugin/tls: Writing TLS Key Log to ${shown}`)
  return (line) => {
    try {
      files.append(path, line)
    } catch (error) {
      log.error(`plugin/tls: unable to write TLS Key Log to ${shown}: ${fileProblem(error, path)}`)
    }
  }
}
