import { notSupportedYet, someArguments, walkProperties } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Setup } from '../../plugin/setup.ts'
import { roundRobin } from './loadbalance.ts'

/** `loadbalance [round_robin]`; of several, each is checked and all mean the same. */
export const setupLoadbalance: Setup = (occurrences) => {
  for (const directive of occurrences) {
    const [policy] = someArguments(directive, {})
    if (policy?.text === 'weighted') throw new CorefileError(policy, "policy 'weighted' is not supported yet")
    if (policy !== undefined && policy.text !== 'round_robin') {
      throw new CorefileError(policy, `unknown policy: ${policy.text}, expected round_robin`)
    }
    someArguments(directive, { max: 1 })
    walkProperties(directive, { prefer: notSupportedYet, reload: notSupportedYet })
  }
  return { handler: roundRobin }
}
