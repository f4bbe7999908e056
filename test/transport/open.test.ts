import { expect } from 'chai'
import { ListenError } from '../../src/transport/listener.ts'
import { type OpenOptions, openUdpAndTcp, type UdpAndTcpListener } from '../../src/transport/open.ts'
import { openTcp } from '../../src/transport/tcp/server.ts'
import { openDgram } from '../../src/transport/udp/dgram.ts'
import { freePorts } from '../support/ports.ts'
import { openClient as openTcpClient } from './tcp/client.ts'
import { openClient as openUdpClient } from './udp/client.ts'

const anyPort = { address: '127.0.0.1', port: 0 }
/** Over both: of a port that the system gives to a socket of the one, a client may have the other. */
const freeAddress = async () => ({ ...anyPort, port: (await freePorts())[0] })
const handlers = { udp: () => Buffer.from('over UDP'), tcp: () => Buffer.from('over TCP') }

describe('UDP and TCP on one port', () => {
  const toClose: { close(drainMs: number): Promise<void> }[] = []
  afterEach(async () => {
    for (const listener of toClose.splice(0)) await listener.close(0)
  })
  const keep = <T extends { close(drainMs: number): Promise<void> }>(listener: T): T => {
    toClose.push(listener)
    return listener
  }
  const open = async (at = anyPort, options?: OpenOptions): Promise<UdpAndTcpListener> =>
    keep(await openUdpAndTcp(at, handlers, options))

  for (const address of ['127.0.0.1', '::1', '::']) {
    it(`both answer on ${address}`, async () => {
      const listener = await open({ address, port: 0 })
      const host = address === '::' ? '::1' : address
      const udp = await openUdpClient(listener.address, host)
      expect(await udp.ask('?')).to.equal('over UDP')
      udp.close()
      const tcp = await openTcpClient(listener.address, host)
      expect(await tcp.ask('?')).to.equal('over TCP')
      tcp.socket.destroy()
      expect(listener.udp.address).to.deep.equal(listener.tcp.address)
    })
  }

  it('both close', async () => {
    const first = await open()
    await first.close(0)
    const second = await open(first.address)
    expect(second.address).to.deep.equal(first.address)
  })

  it('is neither where the port is taken for TCP', async () => {
    const taken = keep(await openTcp(await freeAddress(), handlers.tcp))
    const error = await openUdpAndTcp(taken.address, handlers).catch((thrown: unknown) => thrown)
    expect(error)
      .to.be.instanceOf(ListenError)
      .with.property('message')
      .that.matches(/^cannot listen on tcp .* in use$/)
    keep(await openDgram(taken.address, handlers.udp)) // UDP was given back
  })

  it('is neither where the port is taken for UDP', async () => {
    const taken = keep(await openDgram(await freeAddress(), handlers.udp))
    const error = await openUdpAndTcp(taken.address, handlers).catch((thrown: unknown) => thrown)
    expect(error)
      .to.be.instanceOf(ListenError)
      .with.property('message')
      .that.matches(/^cannot listen on udp .* in use$/)
    keep(await openTcp(taken.address, handlers.tcp))
  })

  it('is an error about TCP where the port is taken for both', async () => {
    const taken = await open()
    const error = await openUdpAndTcp(taken.address, handlers).catch((thrown: unknown) => thrown)
    expect(error).to.include({ what: `tcp 127.0.0.1:${taken.address.port}`, systemCode: 'EADDRINUSE' })
  })

  it('tries another free port where one is free for TCP alone', async () => {
    const taken = keep(await openDgram(anyPort, handlers.udp))
    const tried: number[] = []
    const listener = await open(anyPort, {
      openUdp: async (at, handler, options) => {
        const port = tried.length < 2 ? taken.address.port : at.port
        tried.push(port)
        return openDgram({ ...at, port }, handler, options)
      },
    })
    // Another process may hold the free port for UDP: then there is a further try.
    expect(tried.slice(0, 2)).to.deep.equal([taken.address.port, taken.address.port])
    expect(tried.at(-1)).to.equal(listener.address.port)
    expect(listener.udp.address).to.deep.equal(listener.tcp.address)
  })

  it('gives up where every free port is taken for UDP', async () => {
    const taken = keep(await openDgram(anyPort, handlers.udp))
    const error = await openUdpAndTcp(anyPort, handlers, {
      openUdp: (at, handler, options) => openDgram({ ...at, port: taken.address.port }, handler, options),
    }).catch((thrown: unknown) => thrown)
    expect(error).to.have.property('isAddressInUse', true)
  })
})
