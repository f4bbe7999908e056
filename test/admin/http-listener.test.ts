import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { type HttpListener, openHttp } from '../../src/admin/http-listener.ts'
import { get, probe } from '../support/http.ts'

describe('HTTP listener', () => {
  const routes = new Map([
    ['/good', () => ({ status: 200, body: 'OK' })],
    ['/bad', () => ({ status: 503, body: 'a,b' })],
  ])
  let listener: HttpListener
  let root: string

  beforeEach(async () => {
    listener = await openHttp({ address: '127.0.0.1', port: 0 }, routes)
    root = `http://127.0.0.1:${listener.address.port}`
  })
  afterEach(() => listener.close())

  const type = 'text/plain; charset=utf-8'
  const notFound = { status: 404, body: '404 page not found\n', type }
  const cases = [
    { path: '/good', response: { status: 200, body: 'OK', type } },
    { path: '/good?verbose', response: { status: 200, body: 'OK', type } },
    { path: '/bad', response: { status: 503, body: 'a,b', type } },
    { path: '/', response: notFound },
    { path: '/good/', response: notFound },
    { path: '/good/x', response: notFound },
    { path: '/GOOD', response: notFound },
  ]
  for (const { path, response } of cases) {
    it(`GET ${path}: ${response.status}`, async () => expect(await get(`${root}${path}`)).to.deep.equal(response))
  }

  for (const [method, body] of Object.entries({ HEAD: '', POST: 'OK', PUT: 'OK', OPTIONS: 'OK' })) {
    it(`${method} is answered as GET is`, async () => {
      expect(await get(`${root}/good`, method)).to.deep.equal({ status: 200, body, type })
    })
  }

  it('says how long the body is, in octets', async () => {
    for (const path of ['/good', '/bad', '/']) {
      const { headers } = await fetch(`${root}${path}`)
      expect(headers.get('content-length')).to.equal(String(path === '/good' ? 2 : path === '/bad' ? 3 : 19))
      expect(headers.has('transfer-encoding')).to.equal(false)
    }
  })

  const unasked = ['', 'GET /go', 'GET /good HTTP/1.1\r\n']

  it('ends though connections are open that ask nothing, have asked half, or have asked', async function () {
    this.timeout(4000) // Less than they could stay open for.
    const sockets = await Promise.all(unasked.map((text) => open(listener, text)))
    const asked = await open(listener, 'GET /good HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(asked, 'data') // Connections are accepted in the order in which they were made.
    const ends = [...sockets, asked].map((socket) => once(socket.resume(), 'close'))
    await listener.close()
    await Promise.all(ends)
    expect(await probe(`${root}/good`)).to.equal('ECONNREFUSED')
  })

  for (const text of unasked) {
    it(`closes a connection that asks nothing more in good time: '${text.trim()}'`, async () => {
      const hasty = await openHttp({ address: '127.0.0.1', port: 0 }, routes, { timeoutMs: 20 })
      const socket = await open(hasty, text)
      await once(socket.resume(), 'close')
      await hasty.close()
    })
  }
})

/** A connection on which this much has been asked. */
async function open({ address }: HttpListener, text: string): Promise<Socket> {
  const socket = connect(address.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(text)
  return socket
}
