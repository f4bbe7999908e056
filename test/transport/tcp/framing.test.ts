import { expect } from 'chai'
import fc from 'fast-check'
import { encodeFrame, Framer, maxMessageOctets } from '../../../src/transport/tcp/framing.ts'

const octets = (...values: number[]) => Uint8Array.from(values)

/** Feeds chunk by chunk, takes what is whole after each. */
function messagesOf(chunks: readonly Uint8Array[]): Uint8Array[] {
  const framer = new Framer()
  return chunks.flatMap((chunk) => {
    framer.feed(chunk)
    return takeAll(framer)
  })
}

function takeAll(framer: Framer): Uint8Array[] {
  const messages: Uint8Array[] = []
  for (let message = framer.take(); message !== undefined; message = framer.take()) messages.push(message)
  return messages
}

/** Cuts at the given places, each taken modulo the length; chunks may be empty. */
function cut(stream: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = places.map((place) => place % (stream.length + 1)).sort((a, b) => a - b)
  return [0, ...sorted].map((from, index) => stream.slice(from, sorted[index] ?? stream.length))
}

describe('TCP framing (RFC 1035 section 4.2.2)', () => {
  const cases = [
    { title: 'one message in one segment', chunks: [octets(0, 2, 7, 8)], messages: [octets(7, 8)] },
    { title: 'a length cut in two', chunks: [octets(0), octets(2, 7, 8)], messages: [octets(7, 8)] },
    { title: 'one octet at a time', chunks: [octets(0), octets(2), octets(7), octets(8)], messages: [octets(7, 8)] },
    { title: 'two in a segment', chunks: [octets(0, 1, 7, 0, 1, 8)], messages: [octets(7), octets(8)] },
    { title: 'one and a half', chunks: [octets(0, 1, 7, 0, 1), octets(8)], messages: [octets(7), octets(8)] },
    { title: 'a message of no octets', chunks: [octets(0, 0, 0, 1, 9)], messages: [octets(), octets(9)] },
    { title: 'a message that does not end', chunks: [octets(0, 3, 7, 8)], messages: [] },
    { title: 'an empty segment', chunks: [octets(), octets(0, 1, 7)], messages: [octets(7)] },
  ]
  for (const { title, chunks, messages } of cases) {
    it(title, () => expect(messagesOf(chunks)).to.deep.equal(messages))
  }

  it('yields the same messages, however the stream is cut', () => {
    const message = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.integer({ min: 0, max: maxMessageOctets }).map((length) => new Uint8Array(length).fill(length)),
    )
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 40 }), (messages, places) => {
        const chunks = cut(Buffer.concat(messages.map(encodeFrame)), places)
        expect(messagesOf(chunks).map(hex)).to.deep.equal(messages.map(hex))
      }),
    )
  })

  it('yields the same messages, however late they are taken', () => {
    const step = fc.oneof(fc.uint8Array({ maxLength: 9 }), fc.constant('take' as const))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const framer = new Framer()
        const taken: (Uint8Array | undefined)[] = []
        for (const what of steps) {
          if (what === 'take') taken.push(framer.take())
          else framer.feed(what)
        }
        const all = [...taken.filter((message) => message !== undefined), ...takeAll(framer)]
        const atOnce = messagesOf([Buffer.concat(steps.filter((what) => what !== 'take'))])
        expect(all.map(hex)).to.deep.equal(atOnce.map(hex))
      }),
    )
  })

  it('keeps a message that is held as it is, whatever comes after it', () => {
    const framer = new Framer()
    framer.feed(octets(0, 2, 1))
    framer.feed(octets(2, 0, 9, 3))
    const held = framer.take()
    for (let value = 10; value < 200; value++) framer.feed(octets(value))
    expect(held).to.deep.equal(octets(1, 2))
  })

  it('copies an octet a bounded number of times: 64 KiB one by one end at once', () => {
    const framer = new Framer()
    for (const octet of encodeFrame(new Uint8Array(maxMessageOctets))) framer.feed(octets(octet))
    expect(framer.take()).to.have.length(maxMessageOctets)
  })

  it('tells a whole message from a part of one', () => {
    const framer = new Framer()
    const states = [[], [0], [1], [5], [0, 1]].map((chunk) => {
      framer.feed(octets(...chunk))
      return { whole: framer.hasMessage, part: framer.hasPart }
    })
    expect(states.map(({ whole, part }) => (whole ? 'whole' : part ? 'part' : 'none'))).to.deep.equal([
      'none',
      'part',
      'part',
      'whole',
      'whole',
    ])
    framer.take()
    expect(framer.hasPart).to.equal(true)
  })

  it('writes the length before the message', () => {
    expect([...encodeFrame(octets())]).to.deep.equal([0, 0])
    expect([...encodeFrame(octets(1, 2, 3))]).to.deep.equal([0, 3, 1, 2, 3])
    expect([...encodeFrame(new Uint8Array(maxMessageOctets)).subarray(0, 3)]).to.deep.equal([255, 255, 0])
  })
})

function hex(message: Uint8Array): string {
  return Buffer.from(message).toString('hex')
}
