import { expect } from 'chai'
import { parseName } from '../../../src/dns/name.ts'
import type { RRset } from '../../../src/dns/record.ts'
import { decodeMessage } from '../../../src/dns/wire/decode.ts'
import { encodeMessage } from '../../../src/dns/wire/encode.ts'
import { readHeader } from '../../../src/dns/wire/header.ts'
import { addresses, edns, records, response } from '../messages.ts'

const web = 'web.shop.svc.cluster.local.'
const latin1 = (octets: Uint8Array) => Buffer.from(octets).toString('latin1')
const occurrences = (octets: Uint8Array, part: string) => latin1(octets).split(part).length - 1

describe('compression', () => {
  const types = [
    { type: 'CNAME', rdata: web },
    { type: 'NS', rdata: web },
    { type: 'PTR', rdata: web },
    { type: 'SOA', rdata: `${web} ${web} 1 2 3 4 5` },
  ]
  for (const { type, rdata } of types) {
    it(`writes the names of ${type} rdata as pointers`, () => {
      const { octets } = encodeMessage(response(web, { answer: records(`x.${web} 5 IN ${type} ${rdata}`) }), 512)
      expect(occurrences(octets, '\x03web\x04shop')).to.equal(1)
    })
  }

  it('writes SRV targets in full, whatever stands before them (RFC 2782)', () => {
    const answer = records(`${web} 5 IN SRV 0 50 80 ${web}`, `${web} 6 IN SRV 0 50 81 ${web}`)
    const { octets } = encodeMessage(response(`${web} SRV`, { answer }), 512)
    expect(occurrences(octets, '\x03web\x04shop\x03svc\x07cluster\x05local\0')).to.equal(3)
  })

  it('points at no SRV target', () => {
    const answer = records(
      `${web} 5 IN SRV 0 50 80 db.example.`,
      'db.example. 5 IN A 10.0.0.1',
      'db.example. 6 IN A 10.0.0.1',
    )
    const { octets } = encodeMessage(response(`${web} SRV`, { answer }), 512)
    expect(occurrences(octets, '\x02db\x07example\0')).to.equal(2)
  })

  it('gives owners the letter case of the question, and not the target of an SRV record', () => {
    const spelled = 'WEB.Shop.svc.cluster.LOCAL.'
    const answer = records(`${web} 5 IN SRV 0 50 80 db-0.${web}`)
    const { octets } = encodeMessage(
      response(`${spelled} SRV`, { answer, additional: [addresses(`db-0.${web}`, 2)] }),
      512,
    )
    expect(occurrences(octets, 'WEB\x04Shop')).to.equal(1)
    expect(occurrences(octets, '\x04db-0\x03web\x04shop')).to.equal(1)
    expect(occurrences(octets, '\x04db-0\xc0\x0c')).to.equal(1)
  })

  it('does not take a dot inside a label for one between labels', () => {
    const { octets } = encodeMessage(response('a.b.', { answer: records('a\\.b. 5 IN A 10.0.0.1') }), 512)
    expect(occurrences(octets, '\x03a.b\0')).to.equal(1)
  })

  it('does not fold the case of octets that are no ASCII', () => {
    const { octets } = encodeMessage(response('\\201.', { answer: records('\\233. 5 IN A 10.0.0.1') }), 512)
    expect(occurrences(octets, '\x01\xc9\0')).to.equal(1)
    expect(occurrences(octets, '\x01\xe9\0')).to.equal(1)
  })

  it('writes names in full where a pointer cannot reach (past octet 16,383)', () => {
    const late = addresses('late.example.', 2)
    const message = response(web, { answer: [addresses(web, 1100), late] })
    const { octets } = encodeMessage(message, 65_535)
    expect(occurrences(octets, '\x04late\x07example\0')).to.equal(2)
    expect(decodeMessage(octets).answer[1]).to.deep.equal(late)
  })
})

describe('truncation (RFC 2181 section 9)', () => {
  const soa = records('cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 5')
  const [few, hundred, many] = [addresses(web, 3), addresses('a.example.', 100), addresses('b.example.', 5000)]
  const small = records('c.example. 5 IN A 10.0.0.1')

  interface Case {
    title: string
    limits: number[]
    answer?: RRset[]
    authority?: RRset[]
    additional?: RRset[]
    left: Partial<Record<'answer' | 'authority' | 'additional', RRset[]>>
    truncated?: boolean
    complete?: boolean
  }
  const cases: Case[] = [
    { title: 'leaves what fits', limits: [512, 1232, 65_535], answer: [few], left: { answer: [few] } },
    { title: 'leaves what fits exactly', limits: [1664], answer: [hundred], left: { answer: [hundred] } },
    {
      title: 'takes off an RRset that is one octet too long',
      limits: [1663],
      answer: [hundred],
      left: {},
      truncated: true,
    },
    {
      title: 'takes off a whole RRset of the answer, and all that follows',
      limits: [512, 1232],
      answer: [few, hundred, few],
      authority: soa,
      additional: small,
      left: { answer: [few] },
      truncated: true,
    },
    {
      title: 'takes off a whole RRset of the authority, and all that follows',
      limits: [512, 1232],
      answer: [few],
      authority: [hundred, ...soa],
      additional: small,
      left: { answer: [few] },
      truncated: true,
    },
    {
      title: 'passes over an RRset of the additional section, without TC',
      limits: [512, 1232],
      answer: [few],
      authority: soa,
      additional: [hundred, ...small],
      left: { answer: [few], authority: soa, additional: small },
      complete: false,
    },
    {
      title: 'does so at 65,535 octets as well',
      limits: [65_535, 100_000],
      answer: [hundred, many, few],
      additional: small,
      left: { answer: [hundred] },
      truncated: true,
    },
    {
      title: 'grants what an answer without records may need',
      limits: [0, 12, 281],
      answer: [few],
      additional: [hundred],
      left: { answer: [few] },
      complete: false,
    },
  ]

  for (const { title, limits, left, truncated = false, complete = !truncated, ...sections } of cases) {
    for (const limit of limits) {
      it(`${title}: ${limit}`, () => {
        const encoded = encodeMessage(response(web, { ...sections, edns: edns() }), limit)
        expect(encoded.octets.length).to.be.at.most(Math.min(Math.max(limit, 282), 65_535))
        expect(encoded).to.include({ truncated, complete })
        expect(decodeMessage(encoded.octets)).to.deep.equal(response(web, { ...left, tc: truncated, edns: edns() }))
      })
    }
  }

  it('fills an RRset up to the last octet: the cases above are at the edge', () => {
    const { octets } = encodeMessage(response(web, { answer: [hundred], edns: edns() }), 65_535)
    expect(octets.length).to.equal(1664)
  })

  it('points at no name of an RRset that was passed over', () => {
    const big: RRset = { ...addresses('x.y.example.', 100), owner: parseName('x.y.example.') }
    const after = records('y.example. 5 IN A 10.0.0.1', 'x.y.example. 5 IN CNAME y.example.')
    const { octets } = encodeMessage(response(web, { additional: [big, ...after] }), 512)
    expect(decodeMessage(octets).additional).to.deep.equal(after)
    expect(occurrences(octets, '\x01y\x07example\0')).to.equal(1)
  })

  it('keeps TC where the message has it', () => {
    expect(readHeader(encodeMessage(response(web, { tc: true }), 512).octets)?.tc).to.equal(true)
  })
})

describe('rotations', () => {
  const aaaa = (owner: string, ...hosts: number[]): RRset => ({
    owner: parseName(owner),
    type: 'AAAA',
    ttl: 5,
    rdata: hosts.map((host) => ({ address: `fd00::${host}` })),
  })
  const cname = records(`${web} 5 IN CNAME db.example.`)
  const cases: { title: string; answer: RRset[]; rotations: object[] }[] = [
    { title: 'two A records', answer: [addresses(web, 2)], rotations: [{ offset: 44, size: 16, count: 2 }] },
    { title: 'three AAAA records', answer: [aaaa(web, 1, 2, 3)], rotations: [{ offset: 44, size: 28, count: 3 }] },
    {
      title: 'both after each other',
      answer: [addresses(web, 2), aaaa(web, 1, 2)],
      rotations: [
        { offset: 44, size: 16, count: 2 },
        { offset: 76, size: 28, count: 2 },
      ],
    },
    {
      title: "the target's addresses after a CNAME record",
      answer: [...cname, addresses('db.example.', 2)],
      rotations: [{ offset: 68, size: 16, count: 2 }],
    },
    { title: 'not one record alone', answer: [addresses(web, 1)], rotations: [] },
    { title: 'not records of unequal size', answer: [addresses('other.example.', 2)], rotations: [] },
    { title: 'not records without addresses', answer: [...cname, ...cname], rotations: [] },
  ]
  for (const { title, answer, rotations } of cases) {
    it(title, () => expect(encodeMessage(response(web, { answer }), 512).rotations).to.deep.equal(rotations))
  }

  it('are where the records are', () => {
    const { octets, rotations } = encodeMessage(response(web, { answer: [addresses(web, 3)] }), 512)
    const [{ offset, size, count } = { offset: 0, size: 0, count: 0 }] = rotations
    const rotated = octets.slice()
    rotated.copyWithin(offset, offset + size, offset + size * count)
    rotated.set(octets.subarray(offset, offset + size), offset + size * (count - 1))
    const rdata = ['10.244.0.1', '10.244.0.2', '10.244.0.0'].map((address) => ({ address }))
    expect(decodeMessage(rotated).answer[0]?.rdata).to.deep.equal(rdata)
  })
})

describe('the offset of the serial', () => {
  const soa = records('example. 5 IN SOA ns.example. host.example. 3735928559 2 3 4 5')
  const cases = [
    { title: 'in the answer', sections: { answer: soa } },
    { title: 'in the authority', sections: { authority: soa } },
  ]
  for (const { title, sections } of cases) {
    it(`is where it stands ${title}`, () => {
      const { octets, serialOffset = 0 } = encodeMessage(response(web, sections), 512)
      expect(Buffer.from(octets).readUInt32BE(serialOffset)).to.equal(3735928559)
    })
  }

  it('is undefined where there is no SOA record', () => {
    expect(encodeMessage(response(web, { answer: [addresses(web, 1)] }), 512).serialOffset).to.equal(undefined)
  })
})
