import { isIP } from 'node:net'
import {
  noArguments,
  oneArgument,
  type Property,
  readDuration,
  readInteger,
  someArguments,
  walkProperties,
  wrongArguments,
} from '../../corefile/directive-reader.ts'
import { formatDuration } from '../../corefile/duration.ts'
import { CorefileError, withPosition } from '../../corefile/errors.ts'
import type { Directive, Token } from '../../corefile/model.ts'
import { parseZones } from '../../corefile/reverse-zones.ts'
import { RCODE, type Rcode } from '../../dns/iana.ts'
import { root, tryParseName } from '../../dns/name.ts'
import type { SetupContext } from '../../plugin/setup.ts'
import { canonicalAddress, type SocketAddress } from '../../util/address.ts'
import type { ForwardConfig, HealthCheck } from './config.ts'
import type { Policy } from './policy.ts'
import { readTls } from './tls.ts'

/** What stands between the braces. */
export interface Options extends Omit<ForwardConfig, 'from' | 'to'> {
  /** The name that the certificates of all upstreams have to have. */
  readonly tlsServerName?: string
}

type OptionsDraft = { -readonly [Option in keyof Options]: Options[Option] }

/** CoreDNS's. */
const defaults: Options = {
  except: [],
  policy: 'random',
  forceTcp: false,
  preferUdp: false,
  expireMs: 10_000,
  maxAgeMs: 0,
  maxIdle: 0,
  readTimeoutMs: 2000,
  healthCheck: { intervalMs: 500, recursionDesired: true, domain: root },
  maxFails: 2,
  maxConnectAttempts: undefined,
  maxConcurrent: undefined,
  failsFast: false,
  failover: [],
  next: [],
  nextOnNodata: false,
  tls: {},
  dohMethod: 'POST',
  sourceAddress: undefined,
  resolvers: [],
}

/** @throws CorefileError in the words of CoreDNS */
export function readOptions(directive: Directive, context: Pick<SetupContext, 'files' | 'offers'>): Options {
  const draft: OptionsDraft = { ...defaults }
  const set = <K extends keyof Options>(name: K, read: (property: Property) => Options[K]) => {
    return (property: Property) => {
      draft[name] = read(property)
    }
  }
  const flag = (name: 'forceTcp' | 'preferUdp' | 'failsFast' | 'nextOnNodata') => (property: Property) => {
    noArguments(property)
    draft[name] = true
  }
  walkProperties(directive, {
    except: set('except', (property) => [...draft.except, ...readExcept(property)]),
    force_tcp: flag('forceTcp'),
    prefer_udp: flag('preferUdp'),
    expire: set('expireMs', readLength),
    max_age: set('maxAgeMs', readLength),
    max_idle_conns: set('maxIdle', readCount),
    read_timeout: set('readTimeoutMs', readTimeout),
    max_fails: set('maxFails', readUnsigned),
    max_connect_attempts: set('maxConnectAttempts', readUnsigned),
    tls: set('tls', (property) => readTls(property, context)),
    tls_servername: (property) => {
      draft.tlsServerName = oneArgument(property).text
    },
    policy: set('policy', readPolicy),
    health_check: set('healthCheck', (property) => readHealthCheck(property, draft.healthCheck)),
    max_concurrent: set('maxConcurrent', readLimit),
    next: set('next', (property) => [...draft.next, ...readRcodes(property)]),
    next_on_nodata: flag('nextOnNodata'),
    failfast_all_unhealthy_upstreams: flag('failsFast'),
    failover: set('failover', (property) => [...draft.failover, ...readFailover(property)]),
    doh_method: set('dohMethod', readDohMethod),
    resolver: set('resolvers', (property) => someArguments(property, { min: 1 }).map(readResolver)),
    source_address: set('sourceAddress', readSourceAddress),
  })
  const { expireMs, maxAgeMs } = draft
  if (maxAgeMs > 0 && maxAgeMs < expireMs) {
    const [age, expire] = [formatDuration(maxAgeMs), formatDuration(expireMs)]
    throw new CorefileError(directive, `max_age (${age}) must not be less than expire (${expire})`)
  }
  return draft
}

function readExcept(property: Property) {
  return someArguments(property, { min: 1 }).flatMap((token) => withPosition(token, () => parseZones(token.text)))
}

/** A duration that is not below zero. */
function readLength(property: Property): number {
  const token = oneArgument(property)
  const ms = readDuration(token)
  if (ms < 0) throw new CorefileError(token, `${property.name} can't be negative: -${formatDuration(-ms)}`)
  return ms
}

function readTimeout(property: Property): number {
  const token = oneArgument(property)
  const ms = readDuration(token)
  const text = ms < 0 ? `-${formatDuration(-ms)}` : formatDuration(ms)
  if (ms <= 0) throw new CorefileError(token, `read_timeout must be positive: ${text}`)
  return ms
}

/** A whole number that is not below zero. */
function readCount(property: Property): number {
  const token = oneArgument(property)
  const count = readInteger(token)
  if (count < 0) throw new CorefileError(token, `${property.name} can't be negative: ${count}`)
  return count
}

function readLimit(property: Property): ForwardConfig['maxConcurrent'] {
  const count = readCount(property)
  return count === 0 ? undefined : { count, text: oneArgument(property).text }
}

/** As Go's `strconv.ParseUint` with 32 bits. */
function readUnsigned(property: Property): number {
  const token = oneArgument(property)
  const fail = (what: string) =>
    new CorefileError(token, `strconv.ParseUint: parsing ${JSON.stringify(token.text)}: ${what}`)
  if (!/^[0-9]+$/.test(token.text)) throw fail('invalid syntax')
  const value = Number(token.text)
  if (value >= 2 ** 32) throw fail('value out of range')
  return value
}

const policies: readonly string[] = ['random', 'round_robin', 'sequential'] satisfies readonly Policy[]

function readPolicy(property: Property): Policy {
  const token = oneArgument(property)
  if (!policies.includes(token.text)) throw new CorefileError(token, `unknown policy '${token.text}'`)
  return token.text as Policy // it is one of them
}

/** `health_check INTERVAL [no_rec] [domain NAME]`; `no_rec` once is for ever, as in CoreDNS. */
function readHealthCheck(property: Property, before: HealthCheck): HealthCheck {
  const [interval, ...words] = someArguments(property, { min: 1 })
  if (interval === undefined) throw wrongArguments(property)
  const intervalMs = readDuration(interval)
  if (intervalMs < 0) throw new CorefileError(interval, `health_check can't be negative: ${intervalMs * 1e6}`)
  let { recursionDesired } = before
  let domain = root
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word.text === 'no_rec') recursionDesired = false
    else if (word.text === 'domain') domain = readDomain(property, words.shift())
    else throw new CorefileError(word, `health_check: unknown option ${word.text}`)
  }
  return { intervalMs, recursionDesired, domain }
}

function readDomain(property: Property, token: Token | undefined) {
  if (token === undefined) throw wrongArguments(property)
  const domain = tryParseName(token.text)
  if (domain === undefined) throw new CorefileError(token, `health_check: invalid domain name ${token.text}`)
  return domain
}

function readRcodes(property: Property): number[] {
  return someArguments(property, { min: 1 }).map((token) => {
    const code = rcodeNumber(token.text.toUpperCase())
    if (code === undefined) throw new CorefileError(token, `${token.text} is not a valid rcode`)
    return code
  })
}

/** With the two names that only CoreDNS's library has. */
function rcodeNumber(name: string): number | undefined {
  if (name === 'NOTIMPL') return RCODE.NOTIMP
  if (name === 'BADSIG') return RCODE.BADVERS
  return Object.hasOwn(RCODE, name) ? RCODE[name as Rcode] : undefined // hasOwn has just shown it is one
}

function readFailover(property: Property): number[] {
  const codes = readRcodes(property)
  if (codes.includes(RCODE.NOERROR)) throw new CorefileError(property, 'NoError cannot be used in failover')
  return codes
}

function readDohMethod(property: Property): ForwardConfig['dohMethod'] {
  const token = oneArgument(property)
  if (token.text === 'POST' || token.text === 'GET') return token.text
  throw new CorefileError(token, 'doh_method must be either POST or GET')
}

/** `IP`, `IP:PORT`, `[IPV6]:PORT`. */
function readResolver(token: Token): SocketAddress {
  const [, bracketed, plain, port = '53'] = /^(?:\[([^[\]]*)\]|([^:]*)):(\d+)$/.exec(token.text) ?? []
  const address = bracketed ?? plain ?? token.text
  if (isIP(address) === 0 || Number(port) > 65_535) {
    throw new CorefileError(token, `resolver must be an IP address or IP:port: ${JSON.stringify(token.text)}`)
  }
  return { address, port: Number(port) }
}

function readSourceAddress(property: Property): string {
  const token = oneArgument(property)
  if (isIP(token.text) === 0) throw new CorefileError(token, `invalid IP address: ${token.text}`)
  return canonicalAddress(token.text)
}
