import { ValueSyntaxError } from './errors.ts'

/**
 * Reads a whole number as Go's `strconv.Atoi` does: a sign may lead, a unit may not follow.
 *
 * @throws ValueSyntaxError in Go's words; out of range is what a number cannot hold exactly (2^53, Go has 2^63)
 */
export function parseInteger(text: string): number {
  const quoted = JSON.stringify(text)
  if (!/^[+-]?[0-9]+$/.test(text)) throw new ValueSyntaxError(`strconv.Atoi: parsing ${quoted}: invalid syntax`)
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new ValueSyntaxError(`strconv.Atoi: parsing ${quoted}: value out of range`)
  return value === 0 ? 0 : value // never -0
}

/** Reads a number as `parseInteger` does, but gives undefined where it would throw. */
export function tryParseInteger(text: string): number | undefined {
  try {
    return parseInteger(text)
  } catch (error) {
    if (error instanceof ValueSyntaxError) return undefined
    throw error
  }
}
