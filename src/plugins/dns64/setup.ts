import { type Property, unknownProperty, walkProperties, wrongArguments } from '../../corefile/directive-reader.ts'
import { CorefileError, withPosition } from '../../corefile/errors.ts'
import type { Token } from '../../corefile/model.ts'
import { parseNetwork } from '../../corefile/network.ts'
import type { Setup, SetupContext } from '../../plugin/setup.ts'
import { addressOf } from '../../util/address.ts'
import type { Network } from '../../util/network.ts'
import type { Dns64Config } from './config.ts'
import { dns64 } from './dns64.ts'

/** RFC 6052 section 2.1. */
const wellKnownPrefix = parseNetwork('64:ff9b::/96')

/** `dns64 [PREFIX] { prefix PREFIX; translate_all; allow_ipv4 }`; of several the last prefix counts, and every option. */
export const setupDns64: Setup = (occurrences, context) => {
  let config: Dns64Config = { prefix: wellKnownPrefix, translatesAll: false, allowsIPv4: false }
  for (const directive of occurrences) {
    const [prefix, more] = directive.args
    if (more !== undefined) throw wrongArguments(directive)
    if (prefix !== undefined) config = { ...config, prefix: readPrefix(prefix) }
    walkProperties(directive, {
      prefix: (property) => {
        const [token] = firstArguments(property, 1)
        if (token === undefined) throw wrongArguments(property)
        config = { ...config, prefix: readPrefix(token) }
      },
      translate_all: (property) => {
        firstArguments(property, 0)
        config = { ...config, translatesAll: true }
      },
      allow_ipv4: (property) => {
        firstArguments(property, 0)
        config = { ...config, allowsIPv4: true }
      },
    })
  }
  return { handler: dns64(config, { resolve: context.resolve, translated: counterOf(context) }) }
}

/** As CoreDNS reads it, a word too many is a property of its own. */
function firstArguments({ args }: Property, count: number): readonly Token[] {
  const extra = args[count]
  if (extra !== undefined) throw unknownProperty({ name: extra.text, file: extra.file, line: extra.line, args: [] }, [])
  return args
}

function readPrefix(token: Token): Network {
  const network = withPosition(token, () => parseNetwork(token.text))
  const { octets, prefixLength } = network
  const bits = octets.length * 8
  const written = JSON.stringify(textOf(network))
  if (bits !== 128) throw new CorefileError(token, `invalid netmask ${bits} IPv6 address: ${written}`)
  if (prefixLength % 8 !== 0 || prefixLength < 32 || prefixLength > 96) {
    throw new CorefileError(token, `invalid prefix length ${written}`)
  }
  return network
}

/** As Go writes it: without the bits behind the prefix. */
function textOf({ octets, prefixLength }: Network): string {
  const masked = octets.map((octet, index) => {
    const bits = Math.min(8, Math.max(0, prefixLength - index * 8))
    return octet & (0xff << (8 - bits)) & 0xff
  })
  return `${addressOf(masked)}/${prefixLength}`
}

function counterOf({ metrics, serverLabel }: SetupContext): () => void {
  const family = metrics.counter({
    name: 'coredns_dns64_requests_translated_total',
    help: 'Counter of DNS requests translated by dns64.',
    labels: ['server'],
  })
  return () => {
    family.of(serverLabel).value++
  }
}
