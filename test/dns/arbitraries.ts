import fc from 'fast-check'
import type { Edns } from '../../src/dns/edns.ts'
import type { Message } from '../../src/dns/message.ts'
import { formatLabels, type Label, maxNameOctets, type Name, nameOf } from '../../src/dns/name.ts'
import type { RdataByType, RRset, RRType, TypedRRType } from '../../src/dns/record.ts'

const ordinary = fc.constantFrom('a', 'web', 'WEB', 'svc', 'local', '_http', 'db-0')
const octets = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array).toString('latin1'))

/** Labels that tools stumble over: dots, backslashes, letters of both cases, any octet, 63 of them. */
const odd = fc.oneof(
  fc.constantFrom('.', '\\', 'a.b', 'a\\.', '\\046', '*', '@', '"', ' ', '\0', '\xc0\x0c', 'É'.repeat(63)),
  octets(1, 63),
)

export const label: fc.Arbitrary<Label> = fc.oneof({ weight: 3, arbitrary: ordinary }, { weight: 1, arbitrary: odd })

/** Labels of one name, up to the 255 octets that a name may have. */
export const labels: fc.Arbitrary<Label[]> = fc
  .oneof({ weight: 4, arbitrary: fc.array(label, { maxLength: 6 }) }, { weight: 1, arbitrary: fc.array(label) })
  .map(cutToFit)

export const name: fc.Arbitrary<Name> = labels.map(nameOf)

const uint16 = fc.integer({ min: 0, max: 0xffff })
const uint31 = fc.integer({ min: 0, max: 0x7fff_ffff })
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff })

const generic = fc.record({ octets: fc.uint8Array({ maxLength: 300 }) })

const typedRdata: { readonly [T in TypedRRType]: fc.Arbitrary<RdataByType[T]> } = {
  A: fc.record({ address: fc.ipV4() }),
  AAAA: fc.record({ address: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(ipv6) }),
  CAA: fc.record({ flags: fc.nat(255), tag: fc.stringMatching(/^[a-zA-Z0-9]{1,255}$/), value: octets(0, 400) }),
  CNAME: fc.record({ target: name }),
  DNAME: fc.record({ target: name }),
  HINFO: fc.record({ cpu: octets(0, 255), os: octets(0, 255) }),
  MX: fc.record({ preference: uint16, exchange: name }),
  NAPTR: fc.record({
    order: uint16,
    preference: uint16,
    flags: octets(0, 4),
    services: octets(0, 255),
    regexp: octets(0, 255),
    replacement: name,
  }),
  NS: fc.record({ target: name }),
  PTR: fc.record({ target: name }),
  SOA: fc.record({
    mname: name,
    rname: name,
    serial: uint32,
    refresh: uint32,
    retry: uint32,
    expire: uint32,
    minimum: uint31,
  }),
  SRV: fc.record({ priority: uint16, weight: uint16, port: uint16, target: name }),
  TXT: fc.record({ strings: fc.array(octets(0, 255), { minLength: 1, maxLength: 3 }) }),
}

const rdata: Readonly<Record<string, fc.Arbitrary<RdataByType[RRType]>>> = {
  ...typedRdata,
  TYPE10: generic,
  TYPE43: generic,
  TYPE65: generic,
  TYPE65280: generic,
}

export const rrset: fc.Arbitrary<RRset> = fc.constantFrom(...Object.entries(rdata)).chain(
  ([type, one]) =>
    fc
      .record({
        owner: name,
        type: fc.constant(type),
        ttl: uint31,
        rdata: fc.array(one, { minLength: 1, maxLength: 4 }),
      })
      .map((record) => record as RRset), // type and rdata were drawn together
)

const section = fc.array(rrset, { maxLength: 5 }).map(withoutNeighbours)
const bit = fc.boolean()

/** None of them an Extended DNS Error, which a message has elsewhere, or a client subnet, which dns2 reads beyond. */
const options = fc.array(
  fc.record({ code: uint16.filter((code) => code !== 15 && code !== 8), data: fc.uint8Array({ maxLength: 20 }) }),
  { minLength: 1, maxLength: 3 },
)

/** A message that fits in 65,535 octets, with EDNS or an rcode of four bits. */
export const message: fc.Arbitrary<Message> = fc
  .record({
    header: fc.record({ id: uint16, qr: bit, opcode: fc.integer({ min: 0, max: 15 }), aa: bit, tc: bit }),
    flags: fc.record({ rd: bit, ra: bit, ad: bit, cd: bit }),
    question: fc.option(fc.record({ labels, qtype: uint16, qclass: uint16 }), { nil: undefined }),
    sections: fc.record({ answer: section, authority: section, additional: section }),
    edns: fc.option(
      fc.record<Edns>(
        { version: fc.nat(255), dnssecOk: bit, payloadSize: uint16, options },
        { requiredKeys: ['version', 'dnssecOk', 'payloadSize'] },
      ),
      { nil: undefined },
    ),
    rcode: fc.nat(4095),
  })
  .map(({ header, flags, question, sections, edns, rcode }) => ({
    ...header,
    ...flags,
    ...sections,
    rcode: edns === undefined ? rcode & 0x0f : rcode,
    ...(question && { question: spelled(question) }),
    ...(edns && { edns }),
  }))

function spelled({ labels, qtype, qclass }: { labels: Label[]; qtype: number; qclass: number }) {
  return { qname: nameOf(labels), spelling: formatLabels(labels), qtype, qclass }
}

function cutToFit(labels: Label[]): Label[] {
  let octets = 1
  const end = labels.findIndex((label) => {
    octets += label.length + 1
    return octets > maxNameOctets
  })
  return end < 0 ? labels : labels.slice(0, end)
}

/** RRsets of one owner, type and TTL that follow each other are one RRset on the wire. */
function withoutNeighbours(rrsets: RRset[]): RRset[] {
  const same = (left: RRset, right: RRset | undefined) =>
    left.owner === right?.owner && left.type === right.type && left.ttl === right.ttl
  return rrsets.filter((rrset, index) => !same(rrset, rrsets[index - 1]))
}

function ipv6(address: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => {
    const at = index * 2
    return (((address[at] ?? 0) << 8) | (address[at + 1] ?? 0)).toString(16)
  })
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
