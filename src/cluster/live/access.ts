import { readFileSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import { dirname, resolve } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js'
import { messageOf } from '../../util/errors.ts'
import type { Value } from '../manifests/value.ts'
import { parseYaml } from '../manifests/yaml.ts'
import { ClusterAccessError } from './errors.ts'

/** Where the API server is, and as whom it is spoken to. */
export type ApiLocation =
  /** By the service account of the Pod that we run in. */
  | { readonly kind: 'in-cluster'; readonly environment?: NodeJS.ProcessEnv; readonly root?: string }
  | { readonly kind: 'kubeconfig'; readonly file: string; readonly context?: string }
  | { readonly kind: 'endpoint'; readonly url: string; readonly tls?: TlsFiles }

/** Names of files. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
  readonly ca: string
}

/** What a request needs to be let in. */
export type Credentials = Pick<
  RequestOptions,
  'headers' | 'auth' | 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'
> & {
  /** Only where a proxy is to be gone through: what knows the way. */
  readonly agent?: NonNullable<RequestOptions['agent']>
}

/**
 * The API server with its credentials, which change: tokens rotate, certificates are renewed, kubeconfigs rewritten.
 *
 * They are asked for with each request. KubeConfig of @kubernetes/client-node knows them all: token files, client
 * certificates, exec plugins, OIDC.
 */
export class Access {
  readonly server: URL
  /** For the log. */
  readonly description: string
  readonly #location: ApiLocation
  #config: KubeConfig | undefined

  /** @throws ClusterAccessError there is no such kubeconfig or context, or we do not run in a Pod */
  constructor(location: ApiLocation) {
    this.#location = location
    this.#config = loadConfig(location)
    this.server = serverOf(this.#config, location)
    this.description = describe(location, this.server)
  }

  async credentials(): Promise<Credentials> {
    this.#config ??= loadConfig(this.#location)
    const options: RequestOptions = {}
    await this.#config.applyToHTTPSOptions(options)
    const { auth, ca, cert, key, servername, rejectUnauthorized, agent } = options
    const isProxied = this.#config.getCurrentCluster()?.proxyUrl !== undefined
    const headers = trimmed(options.headers)
    const credentials = { headers, auth, ca, cert, key, servername, rejectUnauthorized, ...(isProxied && { agent }) }
    // What is undefined here is absent: node:https tells the one from the other.
    return Object.fromEntries(Object.entries(credentials).filter(([, value]) => value !== undefined))
  }

  /** They were refused: with the next request everything is read again, and plugins are asked again. */
  renew(): void {
    this.#config = undefined
  }
}

function loadConfig(location: ApiLocation): KubeConfig {
  switch (location.kind) {
    case 'in-cluster':
      return inClusterConfig(location.environment ?? process.env, location.root)
    case 'kubeconfig':
      return fileConfig(location.file, location.context)
    case 'endpoint':
      return endpointConfig(location.url, location.tls)
    default:
      return location satisfies never
  }
}

function inClusterConfig(environment: NodeJS.ProcessEnv, root = ''): KubeConfig {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment
  if (host === undefined || host === '' || port === undefined || port === '') {
    // In the words of client-go, and then in ours.
    throw new ClusterAccessError(
      'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined:' +
        ' this is no Pod of a cluster; give --kubeconfig FILE, or manifests with -f',
    )
  }
  const account = `${root}/var/run/secrets/kubernetes.io/serviceaccount`
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  const config = new KubeConfig()
  config.loadFromClusterAndUser(
    { name: 'in-cluster', server, caFile: `${account}/ca.crt`, skipTLSVerify: false },
    { name: 'service-account', ...tokenFileUser(`${account}/token`) },
  )
  return config
}

/** Of whoever is nobody: KubeConfig does not even verify the server where a context has no user. */
const anonymous: User = { name: '' }

/** In three things client-go does more than KubeConfig: token files that change, nobody as user, plugins. */
function fileConfig(file: string, context: string | undefined): KubeConfig {
  const config = new KubeConfig()
  try {
    config.loadFromFile(file)
    const tokenFiles = tokenFilesOf(readFileSync(file, 'utf8'), file)
    config.loadFromOptions({
      clusters: config.getClusters().map(allowPlainHttp),
      contexts: config.getContexts().map((each) => ({ ...each, user: each.user ?? anonymous.name })),
      users: [...config.getUsers().map((user) => withPlugin(withTokenFile(user, tokenFiles), file)), anonymous],
      currentContext: context ?? config.getCurrentContext(),
    })
  } catch (error) {
    throw new ClusterAccessError(`${file}: not readable as a kubeconfig: ${reasonOf(error)}`, { cause: error })
  }
  checkContext(config, file)
  return config
}

/** Of several lines the first: the others show the place. A TypeError comes of parts that are not there. */
function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return 'expected a map with clusters, contexts and users'
  return messageOf(error).replace(/\n.*/s, '')
}

function endpointConfig(endpoint: string, tls: TlsFiles | undefined): KubeConfig {
  const url = endpoint.includes('://') ? endpoint : `${tls === undefined ? 'http' : 'https'}://${endpoint}`
  const config = new KubeConfig()
  const cluster: Cluster = { name: 'endpoint', server: url.replace(/\/+$/, ''), skipTLSVerify: false }
  config.loadFromClusterAndUser(
    allowPlainHttp(tls === undefined ? cluster : { ...cluster, caFile: tls.ca }),
    tls === undefined ? { name: 'anonymous' } : { name: 'certificate', certFile: tls.cert, keyFile: tls.key },
  )
  return config
}

/** A misspelt context is told with those that there are. */
function checkContext(config: KubeConfig, file: string): void {
  const name = config.getCurrentContext()
  const names = config.getContexts().map((each) => each.name)
  if (!names.includes(name)) {
    const found = name === undefined || name === '' ? 'no current-context' : `context '${name}', which is not there`
    throw new ClusterAccessError(`${file}: found ${found}, expected one of: ${names.join(', ') || 'none are there'}`)
  }
  if (config.getCurrentCluster() === null) {
    throw new ClusterAccessError(`${file}: the cluster of context '${name}' is not there`)
  }
  if (config.getCurrentUser() === null) {
    throw new ClusterAccessError(`${file}: the user of context '${name}' is not there`)
  }
}

function serverOf(config: KubeConfig, location: ApiLocation): URL {
  const server = config.getCurrentCluster()?.server ?? ''
  const url = URL.parse(server)
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url
  const where = location.kind === 'kubeconfig' ? `${location.file}: ` : ''
  throw new ClusterAccessError(`${where}found server '${server}', expected a URL of https:// or http://`)
}

/** KubeConfig refuses `http://` unless it is told that nothing is to be verified. */
function allowPlainHttp(cluster: Cluster): Cluster {
  return cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster
}

function withTokenFile(user: User, tokenFiles: ReadonlyMap<string, string>): User {
  const file = tokenFiles.get(user.name)
  return file === undefined ? user : { ...user, ...tokenFileUser(file) }
}

/** A command with a path stands beside the kubeconfig, and is told what it is run for (client-go, exec.go). */
function withPlugin(user: User, file: string): User {
  const { exec } = user
  if (typeof exec?.command !== 'string') return user
  const command = exec.command.includes('/') ? resolve(dirname(file), exec.command) : exec.command
  const info = { kind: 'ExecCredential', apiVersion: exec.apiVersion, spec: { interactive: false } }
  const env = [...(exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }]
  return { ...user, exec: { ...exec, command, env } }
}

/** In the form in which KubeConfig reads a token's file again and again. */
function tokenFileUser(tokenFile: string): Pick<User, 'authProvider'> {
  return { authProvider: { name: 'tokenFile', config: { tokenFile } } }
}

/** `users[].user.tokenFile` by the user's name; relative names stand for files beside the kubeconfig. */
function tokenFilesOf(text: string, file: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const document of parseYaml(file, text, () => {})) {
    const users = entryOf(document, 'users')
    for (const each of users?.kind === 'list' ? users.items : []) {
      const name = entryOf(each, 'name')
      const tokenFile = entryOf(entryOf(each, 'user'), 'tokenFile')
      if (name?.kind !== 'string' || tokenFile?.kind !== 'string') continue
      files.set(name.text, resolve(dirname(file), tokenFile.text))
    }
  }
  return files
}

/** The file of a token mostly ends with a line feed, which a header may not hold. */
function trimmed(headers: RequestOptions['headers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value).trim()]))
}

function entryOf(value: Value | undefined, name: string): Value | undefined {
  return value?.kind === 'map' ? value.entries.get(name) : undefined
}

function describe(location: ApiLocation, { href }: URL): string {
  const url = href.replace(/\/$/, '')
  switch (location.kind) {
    case 'in-cluster':
      return `${url} (the Pod's service account)`
    case 'kubeconfig':
      return `${url} (${location.file})`
    case 'endpoint':
      return url
    default:
      return location satisfies never
  }
}
