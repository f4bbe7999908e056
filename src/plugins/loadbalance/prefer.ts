import type { RRset } from '../../dns/record.ts'
import { type Answer, type Handler, type RecordsAnswer, unpack } from '../../plugin/handler.ts'
import { isTransfer } from '../../plugin/transfer.ts'
import { mapMaybe } from '../../util/maybe-promise.ts'
import { type Network, networkContains } from '../../util/network.ts'
import { cnamesFirst } from './cnames-first.ts'

/**
 * Has addresses of earlier networks before those of later ones, and all others behind them; those of one network are
 * given in turn.
 *
 * Which comes before which is the same for everybody, so that answers can be kept. It shows in the answer as several
 * RRsets of one name and type, for addresses change places within an RRset.
 */
export function prefer(networks: readonly Network[]): Handler {
  return {
    name: 'loadbalance',
    serve(query, next) {
      return mapMaybe(next(query), (answer) =>
        answer.rcode === 'NOERROR' && !isTransfer(answer)
          ? { ...inOrder(cnamesFirst(answer), networks), rotate: true }
          : answer,
      )
    },
  }
}

function inOrder(answer: Answer, networks: readonly Network[]): Answer {
  const before = unpack(answer)
  const split = (rrsets: readonly RRset[]) => rrsets.flatMap((rrset) => byNetwork(rrset, networks))
  const after: RecordsAnswer = { ...before, answer: split(before.answer), additional: split(before.additional) }
  const isSame = after.answer.length === before.answer.length && after.additional.length === before.additional.length
  return isSame ? answer : after
}

/** The RRset in parts, one for each network that some of its addresses lie in. */
function byNetwork(rrset: RRset, networks: readonly Network[]): readonly RRset[] {
  if ((rrset.type !== 'A' && rrset.type !== 'AAAA') || rrset.rdata.length < 2) return [rrset]
  const ranked = Map.groupBy(rrset.rdata, ({ address }) => rankOf(address, networks))
  if (ranked.size === 1) return [rrset]
  const inRank = [...ranked].sort(([left], [right]) => left - right)
  return inRank.map(([, rdata]) => ({ ...rrset, rdata }))
}

/** The place of the first network that has the address; behind the last if none has. */
function rankOf(address: string, networks: readonly Network[]): number {
  const index = networks.findIndex((network) => networkContains(network, address))
  return index < 0 ? networks.length : index
}
