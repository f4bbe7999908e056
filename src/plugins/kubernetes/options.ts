import { parseSelector, type Selector, SelectorSyntaxError } from '../../cluster/selector.ts'
import {
  noArguments,
  oneArgument,
  type Property,
  properties,
  readInteger,
  readZones,
  someArguments,
  walkProperties,
  wrongArguments,
} from '../../corefile/directive-reader.ts'
import { parseDuration } from '../../corefile/duration.ts'
import { CorefileError, ValueSyntaxError, withPosition } from '../../corefile/errors.ts'
import { parseInteger } from '../../corefile/integer.ts'
import type { Directive, ServerBlock, Token } from '../../corefile/model.ts'
import { type Name, root } from '../../dns/name.ts'
import {
  type ApiConfig,
  defaultStartupTimeoutMs,
  defaultTtl,
  type Kubeconfig,
  type KubernetesConfig,
  maximumTtl,
  type TlsFiles,
} from './config.ts'

/** What stands in the directive's block. */
export type Options = Omit<KubernetesConfig, 'zones' | 'primaryZone' | 'hasMetadata'>

const defaults: Options = {
  ttl: defaultTtl,
  pods: 'disabled',
  endpointPodNames: false,
  fallthrough: [],
  namespaces: undefined,
  noEndpoints: false,
  zonal: false,
  ignoreEmptyService: false,
  multiclusterZones: [],
  startupTimeoutMs: defaultStartupTimeoutMs,
  api: {},
}

/**
 * Reads the block line by line; of an option that repeats the last line counts, but all of `namespaces`.
 *
 * @param zones those of the plugin
 * @throws CorefileError in the words of CoreDNS, where it has some
 */
export function readOptions(directive: Directive, serverBlock: ServerBlock, zones: readonly Name[]): Options {
  let options = defaults
  const set = (change: Partial<Options>) => {
    options = { ...options, ...change }
  }
  const setApi = (change: ApiConfig) => set({ api: { ...options.api, ...change } })
  const flag = (change: Partial<Options>) => (property: Property) => {
    noArguments(property)
    set(change)
  }
  walkProperties(directive, {
    ttl: (property) => set({ ttl: readTtl(property) }),
    pods: (property) => set({ pods: readPodsMode(property) }),
    endpoint_pod_names: flag({ endpointPodNames: true }),
    fallthrough: (property) => set({ fallthrough: readFallthrough(property, serverBlock) }),
    namespaces: (property) => {
      const names = someArguments(property, { min: 1 }).map(({ text }) => text)
      set({ namespaces: new Set([...(options.namespaces ?? []), ...names]) })
    },
    namespace_labels: (property) => set({ namespaceLabels: readSelector(property, 'namespace_label') }),
    labels: (property) => set({ labels: readSelector(property, 'label') }),
    noendpoints: flag({ noEndpoints: true }),
    zonal: flag({ zonal: true }),
    ignore: (property) => set({ ignoreEmptyService: readIgnore(property) }),
    multicluster: (property) => set({ multiclusterZones: readMulticlusterZones(property, serverBlock, zones) }),
    startup_timeout: (property) => set({ startupTimeoutMs: readStartupTimeout(property) }),
    endpoint: (property) => setApi({ endpoint: readEndpoint(property) }),
    tls: (property) => setApi({ tls: readTls(property) }),
    kubeconfig: (property) => setApi({ kubeconfig: readKubeconfig(property) }),
    apiserver_qps: (property) => setApi({ qps: readLimit(property, parseFloat32) }),
    apiserver_burst: (property) => setApi({ burst: readLimit(property, parseInteger) }),
    apiserver_max_inflight: (property) => setApi({ maxInflight: readLimit(property, parseInteger) }),
  })
  checkTogether(options, directive)
  return options
}

/** Told at the later of the two lines; CoreDNS tells it at the brace that closes the block. */
function checkTogether({ namespaces, namespaceLabels, noEndpoints, zonal }: Options, directive: Directive): void {
  const lastOf = (...names: string[]) => properties(directive).findLast(({ name }) => names.includes(name)) ?? directive
  if (namespaces !== undefined && namespaceLabels !== undefined) {
    const at = lastOf('namespaces', 'namespace_labels')
    throw new CorefileError(at, 'namespaces and namespace_labels cannot both be set')
  }
  if (zonal && noEndpoints) {
    throw new CorefileError(lastOf('zonal', 'noendpoints'), 'zonal requires the endpoint cache; remove noendpoints')
  }
}

function readTtl(property: Property): number {
  const token = oneArgument(property)
  const ttl = readInteger(token)
  if (ttl < 0 || ttl > maximumTtl) throw new CorefileError(token, `ttl must be in range [0, ${maximumTtl}]: ${ttl}`)
  return ttl
}

function readPodsMode(property: Property): KubernetesConfig['pods'] {
  const token = oneArgument(property)
  const { text } = token
  if (text === 'disabled' || text === 'insecure' || text === 'verified') return text
  throw new CorefileError(token, `wrong value for pods: ${text},  must be one of: disabled, verified, insecure`)
}

function readFallthrough(property: Property, serverBlock: ServerBlock): readonly Name[] {
  return property.args.length === 0 ? [root] : readZones(property.args, serverBlock)
}

/** An expression may have blanks in it: it is the whole line. */
function readSelector(property: Property, what: 'label' | 'namespace_label'): Selector {
  const text = someArguments(property, { min: 1 })
    .map((token) => token.text)
    .join(' ')
  try {
    return parseSelector(text)
  } catch (error) {
    if (!(error instanceof SelectorSyntaxError)) throw error
    const message = `unable to parse ${what} selector value: '${text}': ${error.message}`
    throw new CorefileError(property, message, { cause: error })
  }
}

/** CoreDNS passes over `ignore` alone. */
function readIgnore(property: Property): boolean {
  const token = oneArgument(property)
  if (token.text === 'empty_service') return true
  throw new CorefileError(token, `unable to parse ignore value: '${token.text}'`)
}

/** None is as if it were not written. */
function readMulticlusterZones(property: Property, serverBlock: ServerBlock, zones: readonly Name[]): readonly Name[] {
  return property.args.flatMap((token) => {
    const named = readZones([token], serverBlock)
    const foreign = named.find((zone) => !zones.includes(zone))
    if (foreign === undefined) return named
    const authoritative = `authoritative zones: [${zones.join(' ')}]`
    throw new CorefileError(token, `is not authoritative for the multicluster zone ${foreign} (${authoritative})`)
  })
}

/** 0 ends CoreDNS. */
function readStartupTimeout(property: Property): number {
  const token = oneArgument(property)
  const timeoutMs = readValue(token, `failed to parse startup_timeout: ${token.text}, `, parseDuration)
  if (timeoutMs < 0) throw new CorefileError(token, `startup_timeout must be >= 0: ${token.text}`)
  return timeoutMs
}

/** Of several the first. */
function readEndpoint(property: Property): string {
  const [first] = someArguments(property, { min: 1 })
  if (first === undefined) throw wrongArguments(property)
  return first.text
}

function readTls(property: Property): TlsFiles {
  const [cert, key, ca] = someArguments(property, { min: 3, max: 3 })
  if (cert === undefined || key === undefined || ca === undefined) throw wrongArguments(property)
  return { cert: cert.text, key: key.text, ca: ca.text }
}

function readKubeconfig(property: Property): Kubeconfig {
  const [file, context] = someArguments(property, { min: 1, max: 2 })
  if (file === undefined) throw wrongArguments(property)
  return context === undefined ? { file: file.text } : { file: file.text, context: context.text }
}

function readLimit(property: Property, parse: (text: string) => number): number {
  const token = oneArgument(property)
  const limit = readValue(token, `invalid ${property.name} ${JSON.stringify(token.text)}: `, parse)
  if (limit < 0) throw new CorefileError(token, `${property.name} must be >= 0`)
  return limit
}

/** @param prefix what goes before the message of an error */
function readValue(token: Token, prefix: string, parse: (text: string) => number): number {
  return withPosition(token, () => parse(token.text), prefix)
}

/** A decimal number in the words of Go's `strconv.ParseFloat`, which also takes hexadecimal, `inf` and `nan`. */
function parseFloat32(text: string): number {
  const quoted = JSON.stringify(text)
  const isDecimal = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i.test(text)
  if (!isDecimal) throw new ValueSyntaxError(`strconv.ParseFloat: parsing ${quoted}: invalid syntax`)
  const value = Number(text)
  if (Number.isFinite(Math.fround(value))) return value
  throw new ValueSyntaxError(`strconv.ParseFloat: parsing ${quoted}: value out of range`)
}
