import { isIP } from 'node:net'
import { oneArgument, readZones, someArguments, walkProperties } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Directive, Token } from '../../corefile/model.ts'
import { peerAddress, readPeer } from '../../plugin/peer.ts'
import type { Setup, SetupContext } from '../../plugin/setup.ts'
import type { TransferRule } from './config.ts'
import { Notifier } from './notify.ts'
import { transfer } from './transfer.ts'

/** `transfer [ZONES…] { to *|ADDRESS[:PORT]…; source ADDRESS }`, as often as wanted. */
export const setupTransfer: Setup = (occurrences, context) => {
  const { offers, log } = context
  const rules = occurrences.map((directive) => readRule(directive, context))
  const write = (line: string) => log.info(`plugin/transfer: ${line}`)
  const notifier = new Notifier(rules, context)
  offers.notifySecondaries = (zone) => notifier.notify(zone)
  return {
    handler: transfer(rules, { sources: offers.transfers, write }),
    service: { stop: () => notifier.stop() },
  }
}

/** @throws CorefileError in the words of CoreDNS, where it has some */
export function readRule(directive: Directive, { serverBlock }: Pick<SetupContext, 'serverBlock'>): TransferRule {
  const zones = readZones(directive.args, serverBlock)
  const tokens: Token[] = []
  let source: string | undefined
  walkProperties(directive, {
    to: (property) => tokens.push(...someArguments(property, { min: 1 })),
    source: (property) => {
      const token = oneArgument(property)
      if (source !== undefined) throw new CorefileError(token, 'source already specified')
      if (isIP(token.text) === 0) throw new CorefileError(token, `invalid source address "${token.text}"`)
      source = token.text
    },
  })
  if (tokens.length === 0) throw new CorefileError(directive, "'to' is required")
  const to = tokens.map((token) => (token.text === '*' ? '*' : readPeer(token)))
  const addresses = to.flatMap((each) => (each === '*' ? [] : peerAddress(each.address)))
  return { zones, to, addresses: new Set(addresses), source }
}
