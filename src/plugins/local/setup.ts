import { noArguments, oneArgument, type Property, walkProperties } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Setup } from '../../plugin/setup.ts'
import { local } from './local.ts'

/** `local { localhost_prefix on|off }`; of several the last word counts. */
export const setupLocal: Setup = (occurrences, { metrics }) => {
  let localhostPrefix = true
  for (const directive of occurrences) {
    noArguments(directive)
    walkProperties(directive, {
      localhost_prefix: (property) => {
        localhostPrefix = readSwitch(property)
      },
    })
  }
  const family = metrics.counter({
    name: 'coredns_local_localhost_requests_total',
    help: 'Counter of special localhost subdomain requests.',
  })
  return { handler: local({ localhostPrefix }, family.of()) }
}

function readSwitch(property: Property): boolean {
  const token = oneArgument(property)
  if (token.text === 'on') return true
  if (token.text === 'off') return false
  throw new CorefileError(token, `${property.name} expects 'on' or 'off', got ${JSON.stringify(token.text)}`)
}
