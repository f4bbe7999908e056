import { isIP } from 'node:net'
import {
  oneArgument,
  type Property,
  readZones,
  someArguments,
  walkProperties,
} from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Directive, Token } from '../../corefile/model.ts'
import type { Setup, SetupContext } from '../../plugin/setup.ts'
import { peerAddress, type TransferRule } from './config.ts'
import { transfer } from './transfer.ts'

/** `transfer [ZONES…] { to *|ADDRESS[:PORT]…; source ADDRESS }`, as often as wanted. */
export const setupTransfer: Setup = (occurrences, context) => {
  const rules = occurrences.map((directive) => readRule(directive, context))
  const write = (line: string) => context.log.info(`plugin/transfer: ${line}`)
  return { handler: transfer(rules, { sources: context.offers.transfers, write }) }
}

/** @throws CorefileError in the words of CoreDNS, where it has some */
function readRule(directive: Directive, { serverBlock, log }: SetupContext): TransferRule {
  const zones = readZones(directive.args, serverBlock)
  const to: Token[] = []
  let source: Property | undefined
  walkProperties(directive, {
    to: (property) => to.push(...someArguments(property, { min: 1 })),
    source: (property) => {
      const token = oneArgument(property)
      if (source !== undefined) throw new CorefileError(token, 'source already specified')
      if (isIP(token.text) === 0) throw new CorefileError(token, `invalid source address "${token.text}"`)
      source = property
      log.warning(`plugin/transfer: ${token.file}:${token.line}: source has no effect: NOTIFY is not sent yet`)
    },
  })
  if (to.length === 0) throw new CorefileError(directive, "'to' is required")
  const addresses = to.filter(({ text }) => text !== '*').map(readPeer)
  return { zones, toAll: addresses.length < to.length, to: new Set(addresses) }
}

/** The address of `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`; the port is where NOTIFY would go. */
function readPeer(token: Token): string {
  const { text } = token
  if (isIP(text) !== 0) return peerAddress(text)
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d*)$/.exec(text) ?? []
  const address = bracketed ?? plain ?? text
  if (isIP(address) === 0) throw new CorefileError(token, `must specify an IP address: \`${address}'`)
  if (Number(port) > 65_535) throw new CorefileError(token, `address ${port}: invalid port`)
  return peerAddress(address)
}
