/** Reads of parsed JSON whose shape is promised and not certain: what is not of the type asked for is as if it were absent. */

export type Json = Readonly<Record<string, unknown>>

const nothing: Json = Object.freeze({})

export function recordOf(value: unknown): Json {
  // Of an array all that is read are names that it does not have.
  return typeof value === 'object' && value !== null ? (value as Json) : nothing
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function stringsOf(value: unknown): readonly string[] {
  return arrayOf(value).filter((each) => typeof each === 'string')
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

export function booleanOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}
