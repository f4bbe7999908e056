import { describeCharacter, quote, quoteCharacter } from './literals.ts'
import { formatValue, sortedEntries, typeNameOf, type Value, withTwoDigits } from './values.ts'

/** What stands between the percent sign and the verb. */
interface Spec {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly verb: string
}

const directive = /%([-+# 0]*)(\*|\d+)?(\.(?:\*|\d*))?(.)?/gsu

/** Go's `fmt.Sprintf`, without argument indexes (`%[1]d`). */
export function printf(format: string, args: readonly Value[]): string {
  let used = 0
  const next = (): Value | undefined => args[used++]
  const text = format.replace(directive, (_, flags: string, width = '', precision?: string, verb?: string) => {
    const wide = width === '*' ? starOf(next()) : Number(width)
    const precise =
      precision === '.*' ? starOf(next()) : precision === undefined ? undefined : Number(precision.slice(1))
    if (verb === undefined) return '%!(NOVERB)'
    if (verb === '%') return '%'
    const value = next()
    if (value === undefined) return `%!${verb}(MISSING)`
    const isLeft = wide < 0
    return formatOne(value, { flags: isLeft ? `${flags}-` : flags, width: Math.abs(wide), precision: precise, verb })
  })
  const extra = args.slice(used)
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.map(describeExtra).join(', ')})`
}

/** Go's `fmt.Sprint`: a blank between two that are both no strings. */
export function print(args: readonly Value[]): string {
  return args.reduce<string>((text, arg, index) => {
    const before = args[index - 1]
    const parts = index > 0 && typeof arg !== 'string' && typeof before !== 'string'
    return `${text}${parts ? ' ' : ''}${formatValue(arg)}`
  }, '')
}

function starOf(value: Value | undefined): number {
  return typeof value === 'bigint' ? Number(value) : 0
}

function describeExtra(value: Value): string {
  return value === null ? '<nil>' : `${typeNameOf(value)}=${formatValue(value)}`
}

function formatOne(value: Value, spec: Spec): string {
  if (spec.verb === 'T') return pad(typeNameOf(value), spec)
  if (value === null) return spec.verb === 'v' ? pad('<nil>', spec) : `%!${spec.verb}(<nil>)`
  if (typeof value === 'object') return formatComposite(value, spec)
  return formatScalar(value, spec) ?? `%!${spec.verb}(${typeNameOf(value)}=${formatValue(value)})`
}

/** A list or map has its verb apply to what is in it. */
function formatComposite(value: Exclude<Value, null | boolean | bigint | number | string>, spec: Spec): string {
  if (value.kind === 'list') return `[${value.items.map((item) => formatOne(item, spec)).join(' ')}]`
  if (value.kind === 'struct') {
    return `{${Object.values(value.fields)
      .map((read) => formatOne(read(), spec))
      .join(' ')}}`
  }
  const pairs = sortedEntries(value).map(([key, each]) => `${formatOne(key, spec)}:${formatOne(each, spec)}`)
  return `map[${pairs.join(' ')}]`
}

/** Undefined: there is no such verb for it. */
function formatScalar(value: boolean | bigint | number | string, spec: Spec): string | undefined {
  if (typeof value === 'string') return formatText(value, spec)
  if (typeof value === 'bigint') return formatInteger(value, spec)
  if (typeof value === 'number') return formatNumber(value, spec)
  return spec.verb === 't' || spec.verb === 'v' ? pad(String(value), spec) : undefined
}

function formatText(value: string, spec: Spec): string | undefined {
  const { flags, precision, verb } = spec
  const cut = precision === undefined ? value : [...value].slice(0, precision).join('')
  switch (verb) {
    case 's':
      return pad(cut, spec)
    case 'v':
      return pad(flags.includes('#') ? quote(cut) : cut, spec)
    case 'q':
      return pad(flags.includes('#') && !cut.includes('`') ? `\`${cut}\`` : quote(cut, flags.includes('+')), spec)
    case 'x':
    case 'X':
      return pad(formatOctets(value, spec), spec)
  }
  return undefined
}

function formatOctets(value: string, { flags, precision, verb }: Spec): string {
  const octets = [...Buffer.from(value).subarray(0, precision)].map((octet) => octet.toString(16).padStart(2, '0'))
  const prefix = flags.includes('#') && octets.length > 0 ? '0x' : ''
  const text = flags.includes(' ') ? octets.map((octet) => prefix + octet).join(' ') : prefix + octets.join('')
  return verb === 'X' ? text.toUpperCase() : text
}

const bases: Readonly<Record<string, { readonly base: number; readonly prefix: string }>> = {
  b: { base: 2, prefix: '0b' },
  o: { base: 8, prefix: '0' },
  O: { base: 8, prefix: '0o' },
  d: { base: 10, prefix: '' },
  v: { base: 10, prefix: '' },
  x: { base: 16, prefix: '0x' },
  X: { base: 16, prefix: '0X' },
}

function formatInteger(value: bigint, spec: Spec): string | undefined {
  const { verb, flags } = spec
  if (verb === 'c') return pad(String.fromCodePoint(Number(value)), spec)
  if (verb === 'q') return pad(quoteCharacter(Number(value)), spec)
  if (verb === 'U') return pad(formatCodePoint(value, flags), spec)
  const known = bases[verb]
  if (known === undefined) return undefined
  const magnitude = (value < 0n ? -value : value).toString(known.base)
  const digits = (verb === 'X' ? magnitude.toUpperCase() : magnitude).padStart(spec.precision ?? 0, '0')
  const prefix = flags.includes('#') || verb === 'O' ? known.prefix : ''
  return padNumber(signOf(value < 0n, flags) + prefix, digits, { ...spec, flags: zeroless(spec) })
}

/** A precision says how many digits there are: then no zeros fill the width. */
function zeroless({ flags, precision }: Spec): string {
  return precision === undefined ? flags : flags.replaceAll('0', '')
}

function formatCodePoint(value: bigint, flags: string): string {
  const character = String.fromCodePoint(Number(value))
  return flags.includes('#') ? describeCharacter(character) : (describeCharacter(character).split(' ')[0] ?? '')
}

function formatNumber(value: number, spec: Spec): string | undefined {
  const { verb, precision, flags } = spec
  const magnitude = Math.abs(value)
  const isNegative = value < 0 || Object.is(value, -0)
  const digits = digitsOf(magnitude, verb.toLowerCase(), precision)
  if (digits === undefined) return undefined
  const text = verb === 'E' || verb === 'G' ? digits.toUpperCase() : digits
  return padNumber(signOf(isNegative, flags), text, spec)
}

function digitsOf(magnitude: number, verb: string, precision: number | undefined): string | undefined {
  if (!Number.isFinite(magnitude)) return Number.isNaN(magnitude) ? 'NaN' : 'Inf'
  switch (verb) {
    case 'f':
      return magnitude.toFixed(precision ?? 6)
    case 'e':
      return withTwoDigits(magnitude.toExponential(precision ?? 6))
    case 'g':
    case 'v':
      return precision === undefined ? formatValue(magnitude) : significant(magnitude, Math.max(precision, 1))
  }
  return undefined
}

/** As many digits as said, without zeros at the end. */
function significant(magnitude: number, precision: number): string {
  const exponent = Number(magnitude.toExponential(precision - 1).split('e')[1])
  if (exponent < -4 || exponent >= precision) {
    return withTwoDigits(magnitude.toExponential(precision - 1).replace(/\.?0*e/, 'e'))
  }
  return String(Number(magnitude.toPrecision(precision)))
}

function signOf(isNegative: boolean, flags: string): string {
  if (isNegative) return '-'
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
}

function padNumber(sign: string, digits: string, spec: Spec): string {
  const { flags, width } = spec
  if (!flags.includes('0') || flags.includes('-')) return pad(sign + digits, spec)
  return sign + digits.padStart(width - sign.length, '0')
}

/** To at least `width` characters; text, too, is filled with zeros if the flags say so. */
function pad(text: string, { flags, width }: Spec): string {
  const missing = Math.max(0, width - [...text].length)
  if (flags.includes('-')) return text + ' '.repeat(missing)
  return (flags.includes('0') ? '0' : ' ').repeat(missing) + text
}
