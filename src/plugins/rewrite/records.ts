import { type Name, tryParseName } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { type Answer, type RecordsAnswer, unpack } from '../../plugin/handler.ts'
import { isTransfer } from '../../plugin/transfer.ts'

/** Gives a name another text; one that would be no name leaves it as it is. */
export type Rename = (name: Name) => string | undefined

/** The answer with its records changed: the same one if none is, so that what is relayed stays whole. */
export function mapRecords(answer: Answer, change: (rrset: RRset) => RRset): Answer {
  const before = unpack(answer)
  const after: RecordsAnswer = {
    ...before,
    answer: before.answer.map(change),
    authority: before.authority.map(change),
    additional: before.additional.map(change),
  }
  if (isTransfer(before)) return { ...after, rest: mapped(before.rest, change) } as Answer // a TransferAnswer still
  const isSame = (['answer', 'authority', 'additional'] as const).every((section) =>
    before[section].every((rrset, index) => rrset === after[section][index]),
  )
  return isSame ? answer : after
}

function* mapped(rrsets: Iterable<RRset>, change: (rrset: RRset) => RRset): Generator<RRset> {
  for (const rrset of rrsets) yield change(rrset)
}

export function renameOwner(rrset: RRset, rename: Rename): RRset {
  const owner = renamed(rrset.owner, rename)
  return owner === rrset.owner ? rrset : { ...rrset, owner }
}

/** Where the name stands that a record leads to. */
const targetFields: Readonly<Record<string, string>> = {
  CNAME: 'target',
  DNAME: 'target',
  MX: 'exchange',
  NAPTR: 'replacement',
  NS: 'target',
  PTR: 'target',
  SOA: 'mname',
  SRV: 'target',
}

export function renameTargets(rrset: RRset, rename: Rename): RRset {
  const field = targetFields[rrset.type]
  if (field === undefined) return rrset
  const before = rrset.rdata as readonly Record<string, Name>[] // as far as that field goes: see the table above
  const after = before.map((rdata) => {
    const name = rdata[field]
    const target = name && renamed(name, rename)
    return target === name ? rdata : { ...rdata, [field]: target }
  })
  const isSame = after.every((rdata, index) => rdata === before[index])
  return isSame ? rrset : ({ ...rrset, rdata: after } as unknown as RRset) // of the same fields
}

function renamed(name: Name, rename: Rename): Name {
  const text = rename(name)
  return text === undefined || text === name ? name : (tryParseName(text) ?? name)
}
