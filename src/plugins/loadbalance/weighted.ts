import { TYPE } from '../../dns/iana.ts'
import type { RRset } from '../../dns/record.ts'
import { type Answer, type Handler, unpack } from '../../plugin/handler.ts'
import { mapMaybe } from '../../util/maybe-promise.ts'
import type { Weights } from './weights.ts'

/**
 * Draws the address that comes first, by weight (CoreDNS plugin/loadbalance, policy weighted).
 *
 * @param weights those of now
 * @param random at least 0, and below 1
 */
export function weighted(weights: () => Weights, random: () => number): Handler {
  const types: readonly number[] = [TYPE.A, TYPE.AAAA, TYPE.SRV]
  return {
    name: 'loadbalance',
    serve(query, next) {
      if (!types.includes(query.qtype)) return next(query)
      return mapMaybe(next(query), (answer) => (answer.rcode === 'NOERROR' ? drawn(answer, weights(), random) : answer))
    },
  }
}

/** The answer to one query alone, if there is a choice. */
function drawn(answer: Answer, weights: Weights, random: () => number): Answer {
  const records = unpack(answer)
  const draw = (section: readonly RRset[]) => drawTop(section, weights, random)
  const [top, additional] = [draw(records.answer), draw(records.additional)]
  if (top === records.answer && additional === records.additional) return answer
  return { ...records, answer: top, additional, validity: { kind: 'once' } }
}

type AddressRRset = RRset<'A' | 'AAAA'>

/** The section with one of its addresses before all others: the same one if it has fewer than two. */
function drawTop(section: readonly RRset[], weights: Weights, random: () => number): readonly RRset[] {
  const addresses = section.flatMap((rrset) => (isAddress(rrset) ? single(rrset) : []))
  const [first] = addresses
  if (first === undefined || addresses.length < 2) return section
  const at = drawIndex(
    addresses.map((rrset) => weightOf(rrset, weights)),
    random,
  )
  const exchanged = addresses.with(0, addresses[at] ?? first).with(at, first)
  const others = section.filter((rrset) => !isAddress(rrset))
  const isMx = ({ type }: RRset) => type === 'MX'
  return [...others.filter((rrset) => !isMx(rrset)), ...joined(exchanged), ...others.filter(isMx)]
}

function isAddress(rrset: RRset): rrset is AddressRRset {
  return rrset.type === 'A' || rrset.type === 'AAAA'
}

/** An RRset for each of its records, so that each can stand anywhere. */
function single(rrset: AddressRRset): AddressRRset[] {
  return rrset.rdata.map((rdata) => ({ ...rrset, rdata: [rdata] }))
}

/** Neighbours of one owner, type and TTL are one RRset again. */
function joined(singles: readonly AddressRRset[]): AddressRRset[] {
  const rrsets: AddressRRset[] = []
  for (const each of singles) {
    const last = rrsets.at(-1)
    const isOne = last?.owner === each.owner && last.type === each.type && last.ttl === each.ttl
    if (isOne) rrsets[rrsets.length - 1] = { ...last, rdata: [...last.rdata, ...each.rdata] }
    else rrsets.push(each)
  }
  return rrsets
}

function weightOf({ owner, rdata }: AddressRRset, weights: Weights): number {
  return weights.get(owner)?.get(rdata[0]?.address ?? '') ?? 1
}

function drawIndex(weights: readonly number[], random: () => number): number {
  let rest = Math.floor(random() * weights.reduce((sum, weight) => sum + weight, 0))
  return weights.findIndex((weight) => {
    rest -= weight
    return rest < 0
  })
}
