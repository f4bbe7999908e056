import { longestZone, type Name } from '../../dns/name.ts'
import type { TransferRule } from './config.ts'

/** The rule with the longest zone that the name lies in. */
export function ruleFor(rules: readonly TransferRule[], name: Name): TransferRule | undefined {
  const zone = longestZone(
    name,
    rules.flatMap(({ zones }) => zones),
  )
  return rules.find(({ zones }) => zone !== undefined && zones.includes(zone))
}
