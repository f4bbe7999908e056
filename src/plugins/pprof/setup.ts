import {
  onlyOccurrence,
  type Property,
  readHostPort,
  someArguments,
  walkProperties,
} from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import { tryParseInteger } from '../../corefile/integer.ts'
import type { Setup } from '../../plugin/setup.ts'

/** `pprof [ADDRESS] { block [RATE] }`: read and checked, without effect. */
export const setupPprof: Setup = (occurrences, { log }) => {
  const directive = onlyOccurrence(occurrences)
  const [address] = someArguments(directive, { max: 1 })
  if (address !== undefined) readHostPort(address)
  walkProperties(directive, { block: checkRate })
  log.info('plugin/pprof: without effect: its profiles are those of Go programs; run node with --cpu-prof or --inspect')
  return {}
}

function checkRate(property: Property): void {
  const [rate] = someArguments(property, { max: 1 })
  if (rate === undefined || tryParseInteger(rate.text) !== undefined) return
  throw new CorefileError(rate, `property '${property.name}' invalid integer value '${rate.text}'`)
}
