import { ValueSyntaxError } from './errors.ts'

const nanosecondsPerUnit: Readonly<Partial<Record<string, bigint>>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n, // U+00B5, the micro sign
  μs: 1_000n, // U+03BC, the Greek letter
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}

/** Go holds a duration in 64 bits with a sign. */
const maxNanoseconds = 2n ** 63n - 1n

/** Writes a duration as Go does: `5s`, `1m30s`, `1h0m0s`, `250ms`, `-1s`, `0s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 0) return `-${formatDuration(-milliseconds)}`
  if (milliseconds === 0) return '0s'
  if (milliseconds < 0.001) return `${rounded(milliseconds * 1e6)}ns`
  if (milliseconds < 1) return `${rounded(milliseconds * 1e3)}µs`
  if (milliseconds < 1000) return `${rounded(milliseconds)}ms`
  const hours = Math.floor(milliseconds / 3_600_000)
  const minutes = Math.floor(milliseconds / 60_000) % 60
  const seconds = rounded((milliseconds % 60_000) / 1000)
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`
}

/** To whole nanoseconds at most, without the noise of binary fractions. */
function rounded(value: number): number {
  return Number(value.toFixed(9))
}

/**
 * Reads a duration as Go's `time.ParseDuration` does (`300ms`, `1h15m`, `-1.5s`, `0`), in milliseconds.
 *
 * Whole nanoseconds are kept as a fraction. There is no unit above the hour, and only zero needs none.
 *
 * @throws ValueSyntaxError in Go's words
 */
export function parseDuration(text: string): number {
  const quoted = quote(text)
  const invalid = () => new ValueSyntaxError(`time: invalid duration ${quoted}`)
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  let rest = text.slice(sign.length)
  if (rest === '0') return 0
  if (rest === '') throw invalid()

  let nanoseconds = 0n
  while (rest !== '') {
    const [term, whole = '', fraction = '', unit = ''] = /^([0-9]*)(?:\.([0-9]*))?([^.0-9]*)/.exec(rest) ?? ['']
    if (whole === '' && fraction === '') throw invalid()
    if (unit === '') throw new ValueSyntaxError(`time: missing unit in duration ${quoted}`)
    const scale = nanosecondsPerUnit[unit]
    if (scale === undefined) throw new ValueSyntaxError(`time: unknown unit ${quote(unit)} in duration ${quoted}`)
    nanoseconds += BigInt(whole) * scale + (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length)
    if (nanoseconds > maxNanoseconds) throw invalid()
    rest = rest.slice(term.length)
  }
  const milliseconds = Number(nanoseconds) / 1e6
  return sign === '-' && milliseconds !== 0 ? -milliseconds : milliseconds
}

/** As Go's package `time` does: what is not ASCII octet by octet. */
function quote(text: string): string {
  const characters = [...Buffer.from(text)].map((octet) => {
    const character = String.fromCharCode(octet)
    if (octet < 0x20 || octet >= 0x80) return `\\x${octet.toString(16).padStart(2, '0')}`
    return character === '"' || character === '\\' ? `\\${character}` : character
  })
  return `"${characters.join('')}"`
}
