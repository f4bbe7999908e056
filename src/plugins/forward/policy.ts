/** The order in which upstreams are tried, anew for each query. */
export type Policy = 'random' | 'round_robin' | 'sequential'

/** @param random from 0 to below 1 */
export function ordering<T>(policy: Policy, random: () => number): (upstreams: readonly T[]) => readonly T[] {
  if (policy === 'sequential') return (upstreams) => upstreams
  if (policy === 'random') return (upstreams) => (upstreams.length === 1 ? upstreams : shuffled(upstreams, random))
  let turn = 0
  return (upstreams) => {
    turn = (turn + 1) % upstreams.length
    const first = upstreams.slice(turn, turn + 1)
    return [...first, ...upstreams.slice(0, turn), ...upstreams.slice(turn + 1)]
  }
}

/** Any one of them; undefined: there is none. */
export function anyOf<T>(upstreams: readonly T[], random: () => number): T | undefined {
  return upstreams[Math.floor(random() * upstreams.length)]
}

/** Every order equally often (Fisher and Yates). */
function shuffled<T>(all: readonly T[], random: () => number): T[] {
  const rest = [...all]
  const order: T[] = []
  while (rest.length > 0) order.push(...rest.splice(Math.floor(random() * rest.length), 1))
  return order
}
