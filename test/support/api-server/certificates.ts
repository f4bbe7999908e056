import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Certificate } from './api-server.ts'

/** A certificate authority made for this run; everything in PEM. */
export interface Authority {
  readonly cert: string
  /** For 127.0.0.1, ::1 and localhost. Each call makes another. */
  issueServer(): Certificate
  /** The common name is the user, the organisation its group, as the real server reads them. */
  issueClient(user: string, group?: string): Certificate
}

/** The authority of this process: made once, by `openssl`, when it is first asked for. */
export function testAuthority(): Authority {
  known ??= createAuthority('test-ca')
  return known
}

let known: Authority | undefined

/** One that is not the authority of anyone else, for what has to be refused. */
export function createAuthority(name: string): Authority {
  const authority = issue([`/CN=${name}`, 'basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'])
  return {
    cert: authority.cert,
    issueServer() {
      const names = 'subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost,DNS:kubernetes.default.svc'
      return issue(['/CN=kube-apiserver', names, leaf, 'extendedKeyUsage=serverAuth'], authority)
    },
    issueClient(user, group = 'system:nodes') {
      return issue([`/O=${group}/CN=${user}`, leaf, 'extendedKeyUsage=clientAuth'], authority)
    },
  }
}

const leaf = 'basicConstraints=critical,CA:FALSE'

/** Signed by itself where there is no issuer. */
function issue([subject = '', ...extensions]: readonly string[], issuer?: Certificate): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'api-server-'))
  const path = (name: string) => join(folder, name)
  try {
    if (issuer !== undefined) {
      writeFileSync(path('ca.crt'), issuer.cert)
      writeFileSync(path('ca.key'), issuer.key)
    }
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    const signer = issuer === undefined ? [] : ['-CA', path('ca.crt'), '-CAkey', path('ca.key')]
    const added = extensions.flatMap((extension) => ['-addext', extension])
    const out = ['-keyout', path('key'), '-out', path('crt')]
    const args = ['req', '-x509', '-days', '2', '-subj', subject, ...curve, ...signer, ...added, ...out]
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    return { cert: readFileSync(path('crt'), 'utf8'), key: readFileSync(path('key'), 'utf8') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
