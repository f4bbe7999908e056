import {
  noArguments,
  oneArgument,
  onlyOccurrence,
  properties,
  readHostPort,
  someArguments,
} from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { HostPort } from '../../corefile/host-port.ts'
import type { Setup } from '../../plugin/setup.ts'
import { prometheus } from './prometheus.ts'

const defaultAddress: HostPort = { host: 'localhost', port: 9153 }

/** `prometheus [ADDRESS] { runtime_metrics; tls WEB-CONFIG }`. */
export const setupPrometheus: Setup = (occurrences, context) => {
  const directive = onlyOccurrence(occurrences)
  const [argument] = someArguments(directive, { max: 1 })
  const address = argument === undefined ? defaultAddress : readHostPort(argument)
  let webConfig: string | undefined
  for (const property of properties(directive)) {
    if (property.name === 'tls') {
      if (webConfig !== undefined) throw new CorefileError(property, 'tls block already specified')
      webConfig = oneArgument(property).text
    } else if (property.name === 'runtime_metrics') {
      noArguments(property) // what it adds in CoreDNS is of Go's runtime; what there is of this one is told in any case
    } else throw new CorefileError(property, `unknown option: ${property.name}`)
  }
  const zones = context.serverBlock.keys.map(({ zone }) => zone)
  return {
    observer: prometheus(zones, context),
    endpoint: { kind: 'metrics', address, ...(webConfig !== undefined && { webConfig }) },
  }
}
