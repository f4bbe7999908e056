import { readFileSync } from 'node:fs'

/** The package's version: put in by the bundler, or read from package.json in a checkout. */
export function version(): string {
  return process.env.CLUSTER_DNS_VERSION ?? packageVersion()
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version: found } = JSON.parse(text) as { version: string }
  return found
}
