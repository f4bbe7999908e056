import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { expect } from 'chai'
import fc from 'fast-check'
import { query } from '../dns/messages.ts'
import { octetsOf } from '../server/harness.ts'
import { short } from './dig.ts'
import { programs, shop, until } from './program.ts'

const web = 'web.shop.svc.cluster.local'
const queryOctets = octetsOf(query(`${web}. A`))

/** Mere noise, and a query with some of its octets changed. */
const octets = fc.oneof(
  fc.uint8Array({ maxLength: 1500 }),
  fc.array(fc.tuple(fc.nat(queryOctets.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
    const copy = Uint8Array.from(queryOctets)
    for (const [at, octet] of changes) copy[at] = octet
    return copy
  }),
)
const noise = (count: number): Uint8Array[] => fc.sample(octets, { numRuns: count, seed: 42 })

describe('noise', () => {
  const { serve } = programs()

  it('over UDP does not keep it from answering', async () => {
    const program = await serve('-f', shop)
    const socket = createSocket('udp4')
    for (const datagram of noise(20_000)) {
      await new Promise<void>((sent) => socket.send(datagram, program.port(), '127.0.0.1', () => sent()))
    }
    socket.close()
    // A datagram may be lost while the noise before it is worked off.
    await until(() => answers(program.port()), 'an answer')
    expect(program.err).to.deep.equal([])
    expect(program.out.join()).to.not.match(/ERROR|panic/)
    expect((await program.stop()).code).to.equal(0)
  })

  it('over TCP does not keep it from answering', async () => {
    const program = await serve('-f', shop)
    const messages = noise(2000)
    for (let at = 0; at < messages.length; at += 50) {
      const connections = messages.slice(at, at + 50).map((message, index) => shout(program.port(), message, index))
      await Promise.all(connections)
    }
    expect(await short(program.port(), '+tcp', web)).to.deep.equal(['10.96.0.20'])
    expect(program.err).to.deep.equal([])
    expect(program.out.join()).to.not.match(/ERROR|panic/)
    expect((await program.stop()).code).to.equal(0)
  })
})

function answers(port: number): Promise<boolean> {
  return short(port, '+time=1', web).then(
    (found) => found.join() === '10.96.0.20',
    () => false,
  )
}

/** Sends octets, with a right length in front of every second, and goes away: now with an end, now with a reset. */
function shout(port: number, octets: Uint8Array, index: number): Promise<void> {
  return new Promise((gone) => {
    const socket = connect(port, '127.0.0.1')
    const length = index % 2 === 0 ? Buffer.of(octets.length >> 8, octets.length & 0xff) : Buffer.of()
    socket.on('error', () => {})
    socket.on('close', () => gone())
    socket.write(Buffer.concat([length, octets]), () => {
      if (index % 3 === 0) socket.resetAndDestroy()
      else socket.end()
      socket.resume()
    })
  })
}
