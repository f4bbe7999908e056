import { closestMatch } from 'leven'

/** The candidate a person most likely meant by `word`, if one is near enough to be worth naming. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const maxDistance = Math.max(1, Math.floor(word.length / 3))
  return closestMatch(word.toLowerCase(), [...candidates], { maxDistance })
}
