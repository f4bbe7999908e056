import type { Name } from '../../dns/name.ts'
import { silence } from '../../plugin/chain.ts'
import type { Answer } from '../../plugin/handler.ts'
import type { NotifyReceiver } from '../../plugin/notify.ts'
import { peerAddress } from '../../plugin/peer.ts'
import type { SetupContext } from '../../plugin/setup.ts'
import { limitLines } from '../../util/line-limit.ts'
import type { SecondaryZone } from './zone.ts'

/**
 * Takes NOTIFY for zones from their primaries alone; others get no answer, as in CoreDNS.
 *
 * It is answered at once, and looked into then (RFC 1996 section 4.7). Anybody can send one, so its lines are limited.
 */
export function notifyReceiver(
  zones: ReadonlyMap<Name, SecondaryZone>,
  { log, clock }: Pick<SetupContext, 'log' | 'clock'>,
): NotifyReceiver {
  const write = limitLines((line) => log.info(`plugin/secondary: ${line}`), clock)
  return {
    notified(origin, { address }) {
      const zone = zones.get(origin)
      if (zone === undefined) return undefined
      const from = peerAddress(address)
      if (!zone.primaries.some((each) => peerAddress(each.address) === from)) {
        write(`Dropping notify from ${from} for ${origin}`)
        return silence
      }
      write(`Notify from ${from} for ${origin}: checking transfer`)
      zone.notified(from)
      return accepted
    },
  }
}

const accepted: Answer = {
  rcode: 'NOERROR',
  authoritative: true,
  answer: [],
  authority: [],
  additional: [],
  validity: { kind: 'once' },
}
