import { readFileSync } from 'node:fs'

/** The CoreDNS whose behaviour is followed: what asks for the server's version is told this one. */
export const coreDnsVersion = '1.14.7'

/** The package's version: put in by the bundler, or read from package.json in a checkout. */
export function version(): string {
  return process.env.CLUSTER_DNS_VERSION ?? packageVersion()
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version: found } = JSON.parse(text) as { version: string }
  return found
}
