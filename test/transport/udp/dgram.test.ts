import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect } from 'chai'
import { DgramListener, openDgram } from '../../../src/transport/udp/dgram.ts'
import { udpSocketContract } from '../../contract/udp-socket.ts'

udpSocketContract('node:dgram', openDgram)

describe('node:dgram', () => {
  it('counts what no peer can be made to send: port 0, an address without a way to it, an error of the socket', async () => {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const listener = new DgramListener(socket, (message) => Uint8Array.from(message))
    try {
      const from = { family: 'IPv4', size: 1 }
      socket.emit('message', Buffer.from('?'), { ...from, address: '127.0.0.1', port: 0 })
      socket.emit('message', Buffer.from('?'), { ...from, address: '192.0.2.1', port: 53 })
      socket.emit('error', new Error('recvmsg ECONNREFUSED'))
    } finally {
      await listener.close(1_000)
    }
    expect(listener.counters).to.deep.equal({ received: 2, sent: 0, unsent: 2, failed: 0, socketErrors: 1 })
  })
})
