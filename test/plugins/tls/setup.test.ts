import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { createAuthority, testAuthority } from '../../support/api-server/certificates.ts'
import { buildCorefile } from '../../support/serve.ts'
import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

const files: Record<string, string> = {
  'garbage.pem': 'garbage\n',
  'bad-cert.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  'bad-key.pem': '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
  'no-base64.pem': '-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n',
  'parameters.pem': '-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n',
}

const load = (reason: string) => `could not load TLS cert: ${reason}`
const missing = 'open missing.pem: no such file or directory'

const cases: readonly SetupCase[] = [
  { text: 'tls cert.pem key.pem' },
  { text: 'tls cert.pem key.pem {\n}' },
  { text: 'tls cert.pem key.pem ca.pem' },
  { text: 'tls cert.pem key.pem many-cas.pem' },
  { text: 'tls both.pem both.pem' },
  { text: 'tls cert.pem key.pem ca.pem {\nclient_auth nocert\n}' },
  { text: 'tls cert.pem key.pem ca.pem {\nclient_auth request\n}' },
  { text: 'tls cert.pem key.pem ca.pem {\nclient_auth require\n}' },
  { text: 'tls cert.pem key.pem ca.pem {\nclient_auth verify_if_given\n}' },
  { text: 'tls cert.pem key.pem ca.pem {\nclient_auth require_and_verify\nclient_auth nocert\n}' },
  { text: 'tls cert.pem key.pem {\nkeylog keys.log\n}' },
  { text: 'tls cert.pem key.pem\ntls both.pem key.pem' },
  { text: 'tls cert.pem', error: wrongCount('cert.pem') },
  { text: 'tls a b c d', error: wrongCount('d') },
  { text: 'tls', error: "ACME is not supported: name a certificate and its key, 'tls CERT KEY [CA]'" },
  {
    text: 'tls {\nacme dns.example.org\n}',
    error: "ACME is not supported: name a certificate and its key, 'tls CERT KEY [CA]'",
  },
  { text: 'tls cert.pem key.pem {\nacme dns.example.org\n}', line: 4, error: "unknown option 'acme'" },
  { text: 'tls cert.pem key.pem {\nunknown\n}', line: 4, error: "unknown option 'unknown'" },
  { text: 'tls cert.pem key.pem {\nclient_auth\n}', line: 4, error: wrongCount('client_auth') },
  { text: 'tls cert.pem key.pem {\nclient_auth request require\n}', line: 4, error: wrongCount('require') },
  { text: 'tls cert.pem key.pem {\nclient_auth none\n}', line: 4, error: "unknown authentication type 'none'" },
  { text: 'tls missing.pem key.pem {\nclient_auth none\n}', line: 4, error: "unknown authentication type 'none'" },
  { text: 'tls cert.pem key.pem {\nkeylog\n}', line: 4, error: wrongCount('keylog') },
  { text: 'tls cert.pem key.pem {\nkeylog a b\n}', line: 4, error: wrongCount('b') },
  { text: 'tls missing.pem key.pem', error: load(missing) },
  { text: 'tls cert.pem missing.pem', error: load(missing) },
  { text: 'tls cert.pem key.pem\ntls missing.pem key.pem', line: 4, error: load(missing) },
  { text: 'tls cert.pem key.pem missing.pem', error: `error reading missing.pem: ${missing}` },
  { text: 'tls garbage.pem key.pem', error: load('tls: failed to find any PEM data in certificate input') },
  { text: 'tls no-base64.pem key.pem', error: load('tls: failed to find any PEM data in certificate input') },
  { text: 'tls cert.pem garbage.pem', error: load('tls: failed to find any PEM data in key input') },
  {
    text: 'tls key.pem cert.pem',
    error: load(
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ),
  },
  {
    text: 'tls cert.pem cert.pem',
    error: load('tls: found a certificate rather than a key in the PEM for the private key'),
  },
  {
    text: 'tls parameters.pem key.pem',
    error: load(
      'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [DH PARAMETERS]',
    ),
  },
  {
    text: 'tls cert.pem parameters.pem',
    error: load(
      'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [DH PARAMETERS]',
    ),
  },
  { text: 'tls bad-cert.pem key.pem', error: load('x509: malformed certificate') },
  { text: 'tls cert.pem bad-key.pem', error: load('tls: failed to parse private key') },
  { text: 'tls cert.pem encrypted.pem', error: load('tls: failed to parse private key') },
  { text: 'tls cert.pem other-key.pem', error: load('tls: private key does not match public key') },
  { text: 'tls cert.pem rsa-key.pem', error: load('tls: private key type does not match public key type') },
  { text: 'tls short.pem short.pem', error: load('tls: ee key too small') },
  { text: 'tls cert.pem key.pem garbage.pem', error: 'could not read root certs: <nil>' },
  { text: 'tls cert.pem key.pem bad-cert.pem', error: 'could not read root certs: <nil>' },
]

describe('plugin tls: setup', () => {
  before(function makeCertificates() {
    this.timeout(30_000)
    const pair = testAuthority().issueServer()
    files['ca.pem'] = testAuthority().cert
    files['cert.pem'] = pair.cert
    files['key.pem'] = pair.key
    files['/etc/tls/cert.pem'] = pair.cert
    files['/etc/tls/key.pem'] = pair.key
    files['both.pem'] = `bag attributes\n${pair.key}\nmore of them\r\n${pair.cert.replaceAll('\n', '\r\n')}`
    files['other-key.pem'] = testAuthority().issueServer().key
    files['rsa-key.pem'] = openssl('genpkey', '-algorithm', 'rsa', '-pkeyopt', 'rsa_keygen_bits:1024')
    files['short.pem'] = openssl('req', '-x509', '-newkey', 'rsa:1024', '-nodes', '-subj', '/CN=short', '-keyout', '-')
    files['encrypted.pem'] = openssl('genpkey', '-algorithm', 'ed25519', '-aes128', '-pass', 'pass:secret')
    files['many-cas.pem'] = `${files['bad-cert.pem']}${pair.key}${createAuthority('other').cert}`
  })

  testSetup(cases, files)

  it('looks for its files below the root', () => {
    const block = (root: string) => () => buildCorefile(`. {\nroot ${root}\ntls cert.pem key.pem\n}\n`, files)
    expect(block('/etc/tls')).not.to.throw()
    expect(block('/etc')).to.throw(load('open /etc/cert.pem: no such file or directory'))
    expect(() => buildCorefile('. {\nroot /etc\ntls /etc/tls/cert.pem /etc/tls/key.pem\n}\n', files)).not.to.throw()
  })

  it('makes the file of the secrets, and says so', () => {
    const { lines } = buildCorefile('. {\ntls cert.pem key.pem {\nkeylog secrets.log\n}\n}\n', files)
    const path = resolve('secrets.log')
    expect(lines).to.include(`[WARNING] plugin/tls: Writing TLS Key Log to ${JSON.stringify(path)}`)
    expect(files[path]).to.equal('')
    buildCorefile('. {\nroot /etc/tls\ntls cert.pem key.pem {\nkeylog secrets.log\n}\n}\n', files)
    expect(files['/etc/tls/secrets.log']).to.equal('')
  })
})

function openssl(...args: readonly string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}
