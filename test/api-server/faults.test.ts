import { expect } from 'chai'
import { ApiServer } from '../support/api-server/api-server.ts'
import { testAuthority } from '../support/api-server/certificates.ts'
import { ask, askList, askStatus, watch } from './client.ts'
import { service } from './objects.ts'

const list = { resource: 'services', verb: 'list' } as const

describe('double of the API server: faults', () => {
  let api: ApiServer
  const services = () => `${api.url}/api/v1/services`
  const failed = (url: string) =>
    ask(url).then(
      () => 'answered',
      (error: NodeJS.ErrnoException) => error.code,
    )

  beforeEach(async () => {
    api = await ApiServer.start()
    api.put(service('größe-€-𝄞', { app: 'web' }))
  })
  afterEach(() => api.stop())

  for (const status of [500, 503, 429]) {
    it(`answers ${status} with a Status, so many times, and then as usual`, async () => {
      const fault = api.faults.answer(list, { status }, { times: 2 })
      expect(await askStatus(services())).to.include({ kind: 'Status', code: status })
      expect((await ask(services())).status).to.equal(status)
      expect((await ask(services())).status).to.equal(200)
      expect(fault.hits).to.equal(2)
    })
  }

  it('says when to come again', async () => {
    api.faults.answer({ verb: 'watch' }, { status: 429, retryAfterSeconds: 7 })
    const answer = await ask(`${services()}?watch=1`)
    expect(answer.headers['retry-after']).to.equal('7')
    expect(JSON.parse(answer.text)).to.deep.include({ reason: 'TooManyRequests', details: { retryAfterSeconds: 7 } })
    expect((await ask(services())).status).to.equal(200)
  })

  it('leaves other resources alone, and ends when it is ended', async () => {
    const fault = api.faults.answer(list, { status: 500 })
    expect((await ask(`${api.url}/api/v1/pods`)).status).to.equal(200)
    expect((await ask(services())).status).to.equal(500)
    fault.end()
    expect((await ask(services())).status).to.equal(200)
    api.faults.answer({}, { status: 503 })
    expect((await ask(`${api.url}/api/v1/pods`)).status).to.equal(503)
    api.faults.clear()
    expect((await ask(services())).status).to.equal(200)
  })

  it('resets the connection', async () => {
    api.faults.reset(list, { times: 1 })
    expect(await failed(services())).to.equal('ECONNRESET')
    expect((await ask(services())).status).to.equal(200)
  })

  it('resets a connection over TLS', async () => {
    await api.stop()
    api = await ApiServer.start({ certificate: testAuthority().issueServer() })
    api.faults.reset(list)
    const tls = { ca: testAuthority().cert }
    const failure = await ask(services(), { tls }).then(undefined, (error: NodeJS.ErrnoException) => error.code)
    expect(failure).to.equal('ECONNRESET')
  })

  it('hangs', async () => {
    api.faults.hang(list)
    const asked = failed(services())
    await api.until((requests) => requests.length === 1)
    expect(api.requests[0]?.status).to.equal(undefined)
    await api.stop()
    expect(await asked).to.equal('ECONNRESET')
  })

  it('sends a body slowly', async () => {
    const { text } = await ask(services())
    api.faults.slow(list, { octets: 100, delayMs: 1 })
    const { chunks } = await ask(services())
    expect(Buffer.concat(chunks).toString()).to.equal(text)
    expect(chunks.map(({ length }) => length).slice(0, 2)).to.deep.equal([100, 100])
  })

  it('splits a body, within characters too', async () => {
    const { text } = await ask(services())
    api.faults.split(list)
    const { chunks } = await ask(services())
    expect(Buffer.concat(chunks).toString()).to.equal(text)
    // Octets 10xxxxxx continue a character: RFC 3629 section 3.
    const within = chunks.filter((chunk) => ((chunk[0] ?? 0) & 0xc0) === 0x80)
    expect(within).to.have.lengthOf(1 + 1 + 2 + 3)
  })

  it('splits the events of a watch', async () => {
    api.faults.split({ verb: 'watch' })
    const stream = await watch(`${services()}?watch=1`)
    expect(await stream.event()).to.equal('ADDED größe-€-𝄞')
    stream.close()
  })

  it('cuts a list off in the middle', async () => {
    api.faults.cut(list)
    expect(await failed(services())).to.equal('ECONNRESET')
  })

  it('cuts a watch off after some octets', async () => {
    api.faults.cut({ verb: 'watch' }, 10)
    const stream = await watch(`${services()}?watch=1`)
    expect(await stream.line()).to.equal('{"type":"A')
    expect(await stream.event()).to.equal('reset')
  })

  it('answers what is no JSON', async () => {
    api.faults.garbage(list, { times: 1 })
    const { status, headers, text } = await ask(services())
    expect([status, headers['content-type']]).to.deep.equal([200, 'application/json'])
    expect(() => JSON.parse(text)).to.throw(SyntaxError)
    expect((await askList(services())).items).to.have.lengthOf(1)
  })

  it('answers the page of a proxy', async () => {
    api.faults.page(list)
    const { status, headers, text } = await ask(services())
    expect([status, headers['content-type']]).to.deep.equal([200, 'text/html; charset=utf-8'])
    expect(text).to.match(/^<!DOCTYPE html>/)
  })
})
