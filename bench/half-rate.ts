/** A peer that has less room than this above the common rate would be measured while it is overrun. */
const leastRoom = 1.25

/**
 * The rate of the half load: half of what saturates the reference, so that all are asked at one rate.
 *
 * A peer that could not keep up with it, and all of them where there is no reference, get half of their own.
 */
export function halfRate(own: number, reference: number | undefined): number {
  const common = (reference ?? own) / 2
  return Math.round(own >= common * leastRoom ? common : own / 2)
}
