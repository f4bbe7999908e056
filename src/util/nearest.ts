import leven, { closestMatch } from 'leven'

/** The candidate a person most likely meant by `word`: one that differs in no more than a third of its letters. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase()
  const match = closestMatch(lower, [...candidates])
  if (match === undefined) return undefined
  const maxDistance = Math.max(1, Math.floor(Math.max(lower.length, match.length) / 3))
  return leven(lower, match, { maxDistance: maxDistance + 1 }) <= maxDistance ? match : undefined
}
