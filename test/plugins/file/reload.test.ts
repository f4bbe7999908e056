import { expect } from 'chai'
import { serveManifests } from '../../support/serve.ts'

const zone = (serial: number, address: string, more = '') =>
  `$TTL 60\n@ SOA ns host ${serial} 2 3 4 5\n@ NS ns\nweb A ${address}\n${more}`

async function started(files: Record<string, string>, options = '') {
  const server = serveManifests('', `. {\nfile db example.org {\n${options}\n}\n}`, { files })
  await server.start()
  const web = async () => {
    const { rcode, answer } = await server.ask('web.example.org. A')
    return rcode === 'NOERROR' ? answer[0]?.split(' ').at(-1) : rcode
  }
  return { server, web, files }
}

describe('file: reload', () => {
  it('reads the zone again when its serial is another, and drops its answers', async () => {
    const { server, web, files } = await started({ db: zone(1, '192.0.2.1') })
    expect(await web()).to.equal('192.0.2.1')
    files.db = zone(2, '192.0.2.2')
    server.timer.pass(59_999)
    expect(await web()).to.equal('192.0.2.1')
    server.timer.pass(1)
    expect(await web()).to.equal('192.0.2.2')
    expect(server.lines).to.deep.equal([
      '[INFO] plugin/file: Successfully reloaded zone "example.org." in "db" with 2 SOA serial',
    ])
    files.db = zone(1, '192.0.2.3')
    server.timer.pass(60_000)
    expect(await web(), 'an older serial is another, too').to.equal('192.0.2.3')
  })

  it('leaves a zone with the same serial as it is, whatever else has changed', async () => {
    const { server, web, files } = await started({ db: zone(1, '192.0.2.1') })
    files.db = zone(1, '192.0.2.2', 'broken')
    server.timer.pass(60_000)
    expect(await web()).to.equal('192.0.2.1')
    expect(server.lines).to.deep.equal([])
  })

  it('looks as often as it is told', async () => {
    const { server, web, files } = await started({ db: zone(1, '192.0.2.1') }, 'reload 5s')
    files.db = zone(2, '192.0.2.2')
    server.timer.pass(5_000)
    expect(await web()).to.equal('192.0.2.2')
  })

  it('does not look with 0', async () => {
    const { server } = await started({ db: zone(1, '192.0.2.1') }, 'reload 0')
    expect(server.timer.waiting).to.equal(0)
  })

  it('goes by the time of change, if it is told', async () => {
    const { server, web, files } = await started({ db: zone(1, '192.0.2.1') }, 'reload_by_mtime')
    server.timer.pass(60_000)
    expect(server.lines, 'nothing has changed').to.deep.equal([])
    files.db = zone(1, '192.0.2.2')
    server.timer.pass(60_000)
    expect(await web()).to.equal('192.0.2.2')
    server.timer.pass(60_000)
    expect(server.lines).to.have.length(1)
  })

  for (const options of ['', 'reload_by_mtime']) {
    it(`waits for a file that is missing ${options}`, async () => {
      const { server, web, files } = await started({}, options)
      expect(await web()).to.equal('SERVFAIL')
      server.timer.pass(60_000)
      expect(server.lines.at(-1)).to.equal(
        '[ERROR] plugin/file: Failed to open zone "example.org." in "db": open db: no such file or directory',
      )
      files.db = zone(0, '192.0.2.1')
      server.timer.pass(60_000)
      expect(await web()).to.equal('192.0.2.1')
    })
  }

  it('keeps the zone where the file is gone, or is no zone file any more', async () => {
    const { server, web, files } = await started({ db: zone(1, '192.0.2.1') })
    delete files.db
    server.timer.pass(60_000)
    files.db = zone(2, 'x')
    server.timer.pass(60_000)
    expect(await web()).to.equal('192.0.2.1')
    expect(server.lines).to.deep.equal([
      '[ERROR] plugin/file: Failed to open zone "example.org." in "db": open db: no such file or directory',
      '[ERROR] plugin/file: Parsing zone "example.org.": failed to parse file "db" for origin example.org. with error ' +
        "db:4: 'x' is no A rdata, expected an IPv4 address",
    ])
  })

  it('reads what is included', async () => {
    const files = { db: zone(1, '192.0.2.1', '$INCLUDE more'), more: 'more A 192.0.2.2' }
    const { server } = await started(files)
    expect((await server.ask('more.example.org. A')).answer).to.deep.equal(['more.example.org. 60 IN A 192.0.2.2'])
  })

  it('is below the root of the block', async () => {
    const files = { '/etc/zones/db': zone(1, '192.0.2.1') }
    const server = serveManifests('', '. {\nroot /etc/zones\nfile db example.org\n}', { files })
    expect((await server.ask('web.example.org. A')).answer).to.deep.equal(['web.example.org. 60 IN A 192.0.2.1'])
  })

  it('ends with the server', async () => {
    const { server } = await started({ db: zone(1, '192.0.2.1') })
    await server.stop()
    expect(server.timer.waiting).to.equal(0)
  })
})
