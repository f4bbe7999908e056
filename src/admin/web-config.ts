import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { ServerError } from '../util/errors.ts'
import type { Certificate } from './http-listener.ts'

/** Properties that make HTTPS, of all that such a file may have. */
const tlsProperties = ['cert_file', 'key_file']

/**
 * Reads a web configuration file of Prometheus's exporters: `tls_server_config` with `cert_file` and `key_file`, which
 * are relative to it.
 *
 * @returns undefined where it asks for no TLS
 * @throws ServerError it asks for what is not supported, or a file cannot be read
 */
export function readWebConfig(file: string): Certificate | undefined {
  const { tls_server_config: tls, ...others } = recordOf(parse(readFileSync(file, 'utf8')), file)
  refuseAny(Object.keys(others), file)
  if (tls === undefined) return undefined
  const { cert_file: cert, key_file: key } = recordOf(tls, file)
  refuseAny(
    Object.keys(recordOf(tls, file)).filter((name) => !tlsProperties.includes(name)),
    file,
  )
  if (typeof cert !== 'string' || typeof key !== 'string')
    throw webConfigError(file, 'cert_file or key_file is missing')
  const read = (path: string) => readFileSync(resolve(dirname(file), path), 'utf8')
  return { cert: read(cert), key: read(key) }
}

function refuseAny([name]: readonly string[], file: string): void {
  if (name !== undefined) throw webConfigError(file, `'${name}' is not supported, only ${tlsProperties.join(', ')}`)
}

function recordOf(value: unknown, file: string): Readonly<Record<string, unknown>> {
  if (value === null || value === undefined) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw webConfigError(file, 'expected a mapping')
  return value as Readonly<Record<string, unknown>> // any object that is no list is one
}

function webConfigError(file: string, what: string): ServerError {
  return new ServerError('WEB_CONFIG', `${file}: ${what}`)
}
