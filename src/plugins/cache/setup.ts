import {
  noArguments,
  oneArgument,
  onlyOccurrence,
  type Property,
  readDuration,
  readInteger,
  readZones,
  someArguments,
  walkProperties,
  wrongArguments,
} from '../../corefile/directive-reader.ts'
import { parseDuration } from '../../corefile/duration.ts'
import { CorefileError, withPosition } from '../../corefile/errors.ts'
import { tryParseInteger } from '../../corefile/integer.ts'
import type { Directive, ServerBlock, Token } from '../../corefile/model.ts'
import { type Name, root, tryParseName } from '../../dns/name.ts'
import type { Seconds } from '../../dns/record.ts'
import type { Setup } from '../../plugin/setup.ts'
import { cache } from './cache.ts'
import {
  type CacheConfig,
  defaultKinds,
  defaultPrefetch,
  defaultServfailMs,
  defaultStaleMs,
  type Kind,
  type KindConfig,
  longestFailureMs,
  type PrefetchConfig,
  type StaleConfig,
} from './config.ts'

/** `cache [TTL] [ZONES…] { success, denial, prefetch, serve_stale, serve_stale_policy, servfail, disable, keepttl }`. */
export const setupCache: Setup = (occurrences, context) => {
  const config = readConfig(onlyOccurrence(occurrences), context.serverBlock)
  return cache(config, context)
}

/** @throws CorefileError in CoreDNS's words, with their place */
export function readConfig(directive: Directive, serverBlock: ServerBlock): CacheConfig {
  const [first, ...rest] = directive.args
  const { success, denial } = defaultKinds
  const plain = { kinds: defaultKinds, servfailMs: defaultServfailMs, keepsTtl: false }
  if (first === undefined || tryParseInteger(first.text) === undefined) {
    return readOptions(directive, { ...plain, zones: readZones(directive.args, serverBlock) })
  }
  const maximumTtl = readTtl(first)
  const kinds = { success: { ...success, maximumTtl }, denial: { ...denial, maximumTtl } }
  return readOptions(directive, { ...plain, kinds, zones: readZones(rest, serverBlock) })
}

function readOptions(directive: Directive, withoutOptions: CacheConfig): CacheConfig {
  let config = withoutOptions
  let policy: Property | undefined
  const set = (change: Partial<CacheConfig>) => {
    config = { ...config, ...change }
  }
  const setKind = (kind: Kind, change: Partial<KindConfig>) =>
    set({ kinds: { ...config.kinds, [kind]: { ...config.kinds[kind], ...change } } })

  walkProperties(directive, {
    success: (property) => setKind('success', readLimits(property)),
    denial: (property) => setKind('denial', readLimits(property)),
    prefetch: (property) => set({ prefetch: readPrefetch(property) }),
    serve_stale: (property) => set({ stale: readStale(property) }),
    serve_stale_policy: (property) => {
      if (policy !== undefined) throw new CorefileError(property, 'serve_stale_policy can only be specified once')
      checkPolicy(property)
      policy = property
    },
    servfail: (property) => set({ servfailMs: readServfail(property) }),
    disable: (property) => {
      const { kind, zones } = readDisable(property)
      setKind(kind, { disabledZones: zones })
    },
    keepttl: (property) => {
      noArguments(property)
      set({ keepsTtl: true })
    },
  })
  if (policy === undefined) return config
  if (config.stale === undefined) throw new CorefileError(policy, 'serve_stale_policy requires serve_stale')
  return { ...config, stale: { ...config.stale, prefersPositive: true } }
}

/** `CAPACITY [TTL] [MINTTL]`. */
function readLimits(property: Property): Partial<KindConfig> {
  const [capacity, ttl, minimum] = someArguments(property, { min: 1, max: 3 })
  return {
    ...(capacity && { capacity: readInteger(capacity) }),
    ...(ttl && { maximumTtl: readTtl(ttl) }),
    ...(minimum && { minimumTtl: readMinimumTtl(minimum) }),
  }
}

function readTtl(token: Token): Seconds {
  const ttl = readInteger(token)
  if (ttl <= 0) throw new CorefileError(token, `cache TTL can not be zero or negative: ${ttl}`)
  return ttl
}

function readMinimumTtl(token: Token): Seconds {
  const ttl = readInteger(token)
  if (ttl < 0) throw new CorefileError(token, `cache min TTL can not be negative: ${ttl}`)
  return ttl
}

/** `AMOUNT [DURATION] [PERCENTAGE%]`; without an amount nothing is fetched ahead. */
function readPrefetch(property: Property): PrefetchConfig {
  const [first, gap, percentage] = someArguments(property, { min: 1, max: 3 })
  if (first === undefined) throw wrongArguments(property)
  const amount = readInteger(first)
  if (amount < 0) throw new CorefileError(first, `prefetch amount should be positive: ${amount}`)
  return {
    ...defaultPrefetch,
    amount,
    ...(gap && { gapMs: readDuration(gap) }),
    ...(percentage && { percentage: readPercentage(percentage) }),
  }
}

function readPercentage(token: Token): number {
  const last = token.text.slice(-1)
  if (last !== '%') {
    throw new CorefileError(token, `last character of percentage should be \`%\`, but is: '${last}'`)
  }
  const percentage = readInteger({ ...token, text: token.text.slice(0, -1) })
  if (percentage < 10 || percentage > 90) {
    throw new CorefileError(token, `percentage should fall in range [10, 90]: ${percentage}`)
  }
  return percentage
}

/** `[DURATION [immediate [RESPONSE-TTL [RECHECK]] | verify [TIMEOUT [RESPONSE-TTL [RECHECK]]]]]`. */
function readStale(property: Property): StaleConfig {
  const [duration, mode, ...figures] = someArguments(property, { max: 5 })
  const staleMs = duration === undefined ? defaultStaleMs : readDuration(duration)
  if (duration && staleMs < 0) throw new CorefileError(duration, 'invalid negative duration for serve_stale')
  const refresh = mode?.text.toLowerCase() ?? 'immediate'
  if (mode && refresh !== 'immediate' && refresh !== 'verify') {
    throw new CorefileError(mode, `invalid value for serve_stale refresh mode: ${refresh}`)
  }
  const verifies = refresh === 'verify'
  const [timeout, ttl, recheck] = verifies ? figures : [undefined, ...figures]
  if (!verifies && figures.length > 2) throw wrongArguments(property)
  return {
    forSeconds: Math.trunc(staleMs / 1000),
    refresh: verifies ? { kind: 'verify', timeoutMs: timeout ? readTimeout(timeout) : 0 } : { kind: 'immediate' },
    responseTtl: ttl ? readResponseTtl(ttl) : 0,
    recheckMs: recheck ? readRecheck(recheck) : 0,
    prefersPositive: false,
  }
}

function readTimeout(token: Token): number {
  const timeoutMs = readNamed(token, 'verify timeout')
  if (timeoutMs < 0) throw new CorefileError(token, 'invalid negative timeout for serve_stale verify')
  return timeoutMs
}

function readResponseTtl(token: Token): Seconds {
  const seconds = readNamed(token, 'response TTL') / 1000
  if (seconds < 0) throw new CorefileError(token, 'invalid negative response TTL for serve_stale')
  if (!Number.isInteger(seconds)) {
    throw new CorefileError(token, 'serve_stale response TTL must be a whole number of seconds')
  }
  if (seconds > 0xffff_ffff) throw new CorefileError(token, 'serve_stale response TTL exceeds the DNS TTL range')
  return seconds
}

function readRecheck(token: Token): number {
  const recheckMs = readNamed(token, 'failure recheck')
  if (recheckMs < 0) throw new CorefileError(token, 'invalid negative failure recheck for serve_stale')
  if (recheckMs > longestFailureMs) {
    throw new CorefileError(token, 'serve_stale failure recheck cannot exceed 5 minutes')
  }
  return recheckMs
}

/** A duration in milliseconds, which an error calls by its name. */
function readNamed(token: Token, name: string): number {
  return withPosition(token, () => parseDuration(token.text), `invalid serve_stale ${name}: `)
}

function checkPolicy(property: Property): void {
  const token = oneArgument(property)
  if (token.text.toLowerCase() === 'prefer_positive') return
  throw new CorefileError(token, `invalid serve_stale_policy: ${token.text}`)
}

function readServfail(property: Property): number {
  const token = oneArgument(property)
  const servfailMs = readDuration(token)
  if (servfailMs < 0) throw new CorefileError(token, 'invalid negative ttl for servfail')
  if (servfailMs > longestFailureMs) {
    throw new CorefileError(token, 'caching SERVFAIL responses over 5 minutes is not permitted')
  }
  return servfailMs
}

/** `success|denial [ZONES…]`. */
function readDisable(property: Property): { readonly kind: Kind; readonly zones: readonly Name[] } {
  const [kind, ...zones] = someArguments(property, { min: 1 })
  if (kind === undefined) throw wrongArguments(property)
  const names = zones.map(readDisabledZone)
  if (kind.text !== 'success' && kind.text !== 'denial') {
    throw new CorefileError(kind, 'cache type for disable must be "success" or "denial"')
  }
  return { kind: kind.text, zones: names.length === 0 ? [root] : names }
}

function readDisabledZone(token: Token): Name {
  const zone = tryParseName(token.text)
  if (zone === undefined) throw new CorefileError(token, `invalid disabled zone: ${token.text}`)
  return zone
}
