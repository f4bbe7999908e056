/** A DNS server in a thread of its own, UDP and TCP on one port: what it does with a query, the first label says. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout } from 'node:timers'
import { parentPort } from 'node:worker_threads'
import { headerOctets } from '../../src/dns/wire/header.ts'
import { encodeFrame, Framer } from '../../src/transport/tcp/framing.ts'

/** `www.example. 300 IN A 192.0.2.80`, its owner a pointer to the question. */
const record = Buffer.from('c00c00010001000000120004c0000250', 'hex')

/** None, one or several replies. */
function repliesTo(query: Buffer): Uint8Array[] {
  const reply = Buffer.concat([query, record])
  reply.writeUInt16BE(0x8180, 2)
  reply.writeUInt16BE(1, 6)
  const fault = query.toString('latin1', headerOctets + 1, headerOctets + 1 + (query[headerOctets] ?? 0))
  if (fault === 'silent') return []
  if (fault === 'truncated') return [patched(reply, 2, 0x83)]
  if (fault === 'question') return [patched(reply, headerOctets + 1, 0x78)]
  if (fault === 'id') return [patched(reply, 0, (reply[0] ?? 0) ^ 0xff), reply]
  if (fault === 'cut') return [reply.subarray(0, -3)]
  return [reply]
}

function patched(octets: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(octets)
  copy[at] = value
  return copy
}

const udp = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 })
udp.on('message', (query, { port, address }) => {
  const send = () => {
    for (const reply of repliesTo(query)) udp.send(reply, port, address)
  }
  if (query.toString('latin1', headerOctets + 1, headerOctets + 6) === 'delay') setTimeout(send, 20)
  else send()
})
udp.bind(0, '127.0.0.1')
await once(udp, 'listening')

const { port } = udp.address()
const tcp = createServer((socket) => {
  const framer = new Framer()
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    framer.feed(chunk)
    for (let query = framer.take(); query !== undefined; query = framer.take()) {
      for (const reply of repliesTo(Buffer.from(query))) socket.write(encodeFrame(reply))
      if (query[headerOctets + 1] === 0x65) socket.destroy() // `e`, for end
    }
  })
})
tcp.listen(port, '127.0.0.1')
await once(tcp, 'listening')
parentPort?.postMessage(port)
