import { ZoneTextError } from '../errors.ts'
import type { Word } from './zone-lexer.ts'

/** How many records one `$GENERATE` may make, as CoreDNS has it. */
const maximumSteps = 65_536
const maximumValue = 0x7fff_ffff

/**
 * The lines that BIND's `$GENERATE RANGE TEMPLATE…` stands for.
 *
 * `$` is the number, `${OFFSET[,WIDTH[,BASE]]}` the number with an offset, padded with zeros, in base d, o, x, X, or as
 * nibbles from the last to the first (n, N); `$$` and `\$` are a dollar sign.
 *
 * @throws ZoneTextError
 */
export function* generateLines([range, ...words]: readonly Word[]): Generator<string, void> {
  const { start, stop, step } = readRange(range?.text ?? '')
  const template = words.map(({ text, quoted }) => (quoted ? `"${text}"` : text)).join(' ')
  const parts = splitTemplate(template, { start, stop })
  for (let number = start; number <= stop; number += step) {
    yield parts.map((part) => (typeof part === 'string' ? part : part(number))).join('')
  }
}

interface Range {
  readonly start: number
  readonly stop: number
}

function readRange(text: string): Range & { readonly step: number } {
  const [, start, stop, step = '1'] = /^(\d{1,10})-(\d{1,10})(?:\/(\d{1,10}))?$/.exec(text) ?? []
  const range = { start: Number(start), stop: Number(stop), step: Number(step) }
  const isValid = range.stop <= maximumValue && range.start <= range.stop && range.step > 0
  if (!isValid) throw new ZoneTextError(`'${text}' is no range, expected START-STOP or START-STOP/STEP`)
  if ((range.stop - range.start) / range.step >= maximumSteps) {
    throw new ZoneTextError(`'${text}' makes more than ${maximumSteps} records`)
  }
  return range
}

type Part = string | ((number: number) => string)

function splitTemplate(template: string, range: Range): Part[] {
  return [...template.matchAll(/\\\$|\\.|\$\$|\$\{([^}]*)\}|\$\{|\$|[^\\$]+/g)].map(([found, modifier]) => {
    if (found === '\\$' || found === '$$') return '\\$' // what a dollar sign means in a line is past: it is one
    if (found === '${') throw new ZoneTextError("a brace behind '$' that is not closed")
    if (modifier !== undefined) return readModifier(modifier, range)
    return found === '$' ? String : found
  })
}

function readModifier(text: string, { start, stop }: Range): Part {
  const [, offsetText, widthText = '0', base = 'd'] =
    /^([+-]?\d{1,10})(?:,(\d{1,3})(?:,([doxXnN]))?)?$/.exec(text) ?? []
  const [offset, width] = [Number(offsetText), Number(widthText)]
  if (offsetText === undefined || width > 255) {
    throw new ZoneTextError(
      `'\${${text}}' is no modifier, expected \${OFFSET,WIDTH,BASE} with a base of d, o, x, X, n or N`,
    )
  }
  if (start + offset < 0 || stop + offset > maximumValue) {
    throw new ZoneTextError(`'\${${text}}' leads out of the range 0-${maximumValue}`)
  }
  return (number) => formatNumber(number + offset, width, base)
}

function formatNumber(number: number, width: number, base: string): string {
  switch (base) {
    case 'o':
      return number.toString(8).padStart(width, '0')
    case 'x':
      return number.toString(16).padStart(width, '0')
    case 'X':
      return number.toString(16).toUpperCase().padStart(width, '0')
    case 'n':
      return nibbles(number, width)
    case 'N':
      return nibbles(number, width).toUpperCase()
    default:
      return String(number).padStart(width, '0')
  }
}

/** Digits from the last to the first with dots between them, as in ip6.arpa; the width counts the dots as well. */
function nibbles(number: number, width: number): string {
  const digits = number.toString(16).padStart(Math.ceil(width / 2), '0')
  const text = [...digits].reverse().join('.')
  return width > text.length ? `${text}.` : text
}
