import type { Feature } from './rows.ts'

/**
 * Features that the tree does not have yet.
 *
 * What needs one of them has to fail: as soon as all of it passes, the suite fails until the feature is off this list.
 */
export const waiting: ReadonlySet<Feature> = new Set<Feature>(['synchronisation'])
