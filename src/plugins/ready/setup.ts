import {
  oneArgument,
  onlyOccurrence,
  type Property,
  readHostPort,
  someArguments,
  walkProperties,
} from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { HostPort } from '../../corefile/host-port.ts'
import { type Monitor, monitors } from '../../plugin/endpoint.ts'
import type { Setup } from '../../plugin/setup.ts'

const defaultAddress: HostPort = { host: '', port: 8181 }

/** `ready [ADDRESS] { monitor until-ready|continuously }`. */
export const setupReady: Setup = (occurrences, { offers }) => {
  const directive = onlyOccurrence(occurrences)
  const [argument] = someArguments(directive, { max: 1 })
  const address = argument === undefined ? defaultAddress : readHostPort(argument)
  let monitor: Monitor = 'until-ready'
  walkProperties(directive, {
    monitor: (property) => {
      monitor = readMonitor(property)
    },
  })
  return { endpoint: { kind: 'ready', address, monitor, probes: offers.probes } }
}

function readMonitor(property: Property): Monitor {
  const token = oneArgument(property)
  const known = monitors.find((monitor) => monitor === token.text)
  if (known !== undefined) return known
  throw new CorefileError(token, `monitor type '${token.text}' not supported, expected ${monitors.join(' or ')}`)
}
