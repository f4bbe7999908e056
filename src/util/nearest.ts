import leven, { closestMatch } from 'leven'

/**
 * The candidate a person most likely meant by `word`: one that differs in no more than a third of its letters.
 *
 * @param leastDistance letters that may differ however short the word is
 */
export function nearest(word: string, candidates: readonly string[], leastDistance = 1): string | undefined {
  const lower = word.toLowerCase()
  const match = closestMatch(lower, [...candidates])
  if (match === undefined) return undefined
  const maxDistance = Math.max(leastDistance, Math.floor(Math.max(lower.length, match.length) / 3))
  return leven(lower, match, { maxDistance: maxDistance + 1 }) <= maxDistance ? match : undefined
}
