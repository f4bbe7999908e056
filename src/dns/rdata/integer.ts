import { RdataSyntaxError } from '../errors.ts'

/**
 * Reads an unsigned decimal number of at most `maximum`.
 *
 * @throws RdataSyntaxError
 */
export function parseInteger(type: string, text: string | undefined, maximum: number): number {
  if (text === undefined || !/^\d{1,10}$/.test(text) || Number(text) > maximum) {
    throw new RdataSyntaxError(type, text ?? '', `a number from 0 to ${maximum}`)
  }
  return Number(text)
}
