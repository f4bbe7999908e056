import { maximumTtl, type Seconds } from '../record.ts'

const unitSeconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Reads a TTL as zone files have it: seconds, or BIND's units one after the other: `1h30m`. Undefined: it is none. */
export function parseTtl(text: string): Seconds | undefined {
  if (text === '' || !/^(?:\d+[smhdw])*\d*$/i.test(text)) return undefined
  let seconds = 0
  for (const [, count, unit = ''] of text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)) {
    seconds += Number(count) * (unitSeconds[unit] ?? 1)
  }
  return seconds <= maximumTtl ? seconds : undefined
}
