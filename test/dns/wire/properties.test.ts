import { expect } from 'chai'
import { Packet } from 'dns2'
import fc from 'fast-check'
import type { Edns } from '../../../src/dns/edns.ts'
import { WireFormatError } from '../../../src/dns/errors.ts'
import { TYPE } from '../../../src/dns/iana.ts'
import type { Message } from '../../../src/dns/message.ts'
import { codeOf } from '../../../src/dns/rdata/codecs.ts'
import { decodeMessage } from '../../../src/dns/wire/decode.ts'
import { encodeMessage } from '../../../src/dns/wire/encode.ts'
import { goldenNames, readGolden } from '../../golden/golden.ts'
import { message } from '../arbitraries.ts'
import { addresses, response } from '../messages.ts'

/** They go where there is no room. */
function withoutOptions(edns: Edns | undefined): Edns | undefined {
  if (edns === undefined) return undefined
  const { options, ...bare } = edns
  return bare
}

describe('any message', () => {
  it('is decoded from what it is encoded to', () => {
    fc.assert(
      fc.property(message, (message) => {
        const { octets, complete } = encodeMessage(message, 65_535)
        expect(complete).to.equal(true)
        expect(decodeMessage(octets)).to.deep.equal(message)
      }),
      { numRuns: 500 },
    )
  })

  it('keeps within the limit, leaves out whole RRsets only, and never the OPT record', () => {
    fc.assert(
      fc.property(message, fc.integer({ min: 512, max: 2000 }), (message, limit) => {
        const { octets, truncated, complete } = encodeMessage(message, limit)
        const decoded = decodeMessage(octets)
        expect(octets.length).to.be.at.most(limit)
        expect(decoded).to.deep.include({ tc: message.tc || truncated })
        expect(withoutOptions(decoded.edns)).to.deep.equal(withoutOptions(message.edns))
        expect(decoded.question).to.deep.equal(message.question)
        expect(message.answer.slice(0, decoded.answer.length)).to.deep.equal(decoded.answer)
        expect(message.authority.slice(0, decoded.authority.length)).to.deep.equal(decoded.authority)
        if (complete) expect(decoded).to.deep.equal(message)
        else expect(octets).not.to.deep.equal(encodeMessage(message, 65_535).octets)
      }),
      { numRuns: 300 },
    )
  })

  it('is understood by dns2 as a client', () => {
    fc.assert(
      fc.property(message, (message) => {
        const packet = Packet.parse(Buffer.from(encodeMessage(message, 65_535).octets))
        expect(packet.errors).to.deep.equal([])
        expect(packet.header.id).to.equal(message.id)
        expect(packet.answers.map(({ type, ttl }) => [type, ttl])).to.deep.equal(typesAndTtls(message))
      }),
    )
  })

  it('of a thousand addresses and more is decoded from what it is encoded to', () => {
    const message = response('web.shop.svc.cluster.local.', {
      answer: [addresses('web.shop.svc.cluster.local.', 4000)],
    })
    expect(decodeMessage(encodeMessage(message, 65_535).octets)).to.deep.equal(message)
  })
})

describe('any octets', () => {
  /** Decodes, and fails on every error but the one that malformed octets may cause. */
  function decodeOrRefuse(octets: Uint8Array): void {
    try {
      decodeMessage(octets)
    } catch (error) {
      if (!(error instanceof WireFormatError)) throw error
    }
  }

  it('are decoded or refused', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), decodeOrRefuse), { numRuns: 2000 })
  })

  it('after a header that counts on them are decoded or refused', () => {
    const header = Uint8Array.of(0, 1, 0, 0, 0, 1, 0, 2, 0, 2, 0, 2)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200, max: 63 }), (octets) =>
        decodeOrRefuse(Uint8Array.of(...header, ...octets)),
      ),
      { numRuns: 2000 },
    )
  })

  it('of a message with some of them changed or cut off are decoded or refused', () => {
    const change = fc.record({ at: fc.nat(), octet: fc.oneof(fc.nat(255), fc.constantFrom(0xc0, 0xc1, 0, 1, 41)) })
    fc.assert(
      fc.property(message, fc.array(change, { maxLength: 8 }), fc.nat(), (message, changes, cut) => {
        const { octets } = encodeMessage(message, 65_535)
        for (const { at, octet } of changes) octets[at % octets.length] = octet
        decodeOrRefuse(cut % 4 === 0 ? octets.subarray(0, cut % octets.length) : octets)
      }),
      { numRuns: 1000 },
    )
  })

  it('of the golden messages are refused wherever they are cut off, or decoded', () => {
    for (const name of goldenNames()) {
      const octets = readGolden(name)
      for (let length = 0; length <= octets.length; length++) decodeOrRefuse(octets.subarray(0, length))
    }
  })

  it('that hold as many pointers as there can be are read in bounded time', () => {
    const started = process.cpuUsage().user
    decodeOrRefuse(pointerBomb())
    decodeOrRefuse(pointerBomb(TYPE.RP))
    expect((process.cpuUsage().user - started) / 1000).to.be.lessThan(2000)
  })
})

function typesAndTtls({ answer }: Message): [type: number, ttl: number][] {
  return answer.flatMap(({ type, ttl, rdata }) => rdata.map((): [number, number] => [codeOf(type), ttl]))
}

/**
 * 65,535 octets: a name of 127 one-letter labels, each with a pointer to the one before, then as many A records with
 * that name for owner as fit; or RP records, which have it in their rdata twice as well.
 */
function pointerBomb(type: typeof TYPE.A | typeof TYPE.RP = TYPE.A): Uint8Array {
  const octets = new Uint8Array(65_535)
  const view = new DataView(octets.buffer)
  view.setUint16(10, 0xffff)
  const record = (at: number, type: number, length: number) => {
    view.setUint16(at, type)
    view.setUint16(at + 2, 1)
    view.setUint16(at + 8, length)
    return at + 10
  }
  const first = record(13, TYPE.NULL, 2 + 126 * 4)
  octets[first] = 0
  let name = first
  let at = first + 2
  for (let label = 0; label < 126; label++, at += 4) {
    octets.set([1, 0x61], at)
    view.setUint16(at + 2, 0xc000 | name)
    name = at
  }
  while (at + 16 <= octets.length) {
    view.setUint16(at, 0xc000 | name)
    at = record(at + 2, type, 4) + 4
    if (type === TYPE.A) continue
    view.setUint16(at - 4, 0xc000 | name)
    view.setUint16(at - 2, 0xc000 | name)
  }
  return octets
}
