import {
  oneArgument,
  type Property,
  readHostPort,
  someArguments,
  walkProperties,
} from '../../corefile/directive-reader.ts'
import { parseDuration } from '../../corefile/duration.ts'
import { withPosition } from '../../corefile/errors.ts'
import type { HostPort } from '../../corefile/host-port.ts'
import type { Setup } from '../../plugin/setup.ts'
import { healthMetrics } from './metrics.ts'

const defaultAddress: HostPort = { host: '', port: 8080 }

/** `health [ADDRESS] { lameduck DURATION }`; of what repeats the last one counts. */
export const setupHealth: Setup = (occurrences, { metrics }) => {
  healthMetrics(metrics)
  let address = defaultAddress
  let lameduckMs = 0
  for (const directive of occurrences) {
    const [argument] = someArguments(directive, { max: 1 })
    if (argument !== undefined) address = readHostPort(argument)
    walkProperties(directive, {
      lameduck: (property) => {
        lameduckMs = readLameduck(property)
      },
    })
  }
  return { endpoint: { kind: 'health', address, lameduckMs } }
}

/** Less than nothing is nothing, as in CoreDNS. */
function readLameduck(property: Property): number {
  const token = oneArgument(property)
  const prefix = `unable to parse lameduck duration value: '${token.text}' : `
  return Math.max(
    0,
    withPosition(token, () => parseDuration(token.text), prefix),
  )
}
