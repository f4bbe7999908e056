import { expect } from 'chai'
import { parseCorefile } from '../../../src/corefile/parser.ts'
import { noOffers } from '../../../src/plugin/offers.ts'
import { readConfig } from '../../../src/plugins/file/setup.ts'
import { memoryIo } from '../../corefile/memory-io.ts'
import { serveManifests } from '../../support/serve.ts'
import { testSetup, wrongCount } from '../../support/setup.ts'

const soa = '@ 5 IN SOA ns host 1 2 3 4 5\n'

describe('file: setup', () => {
  testSetup([
    { text: 'file db' },
    { text: 'file db example.org 10.0.0.0/8' },
    { text: 'file db {\nreload 30s\nreload_by_mtime\nfallthrough\nupstream 192.0.2.1 x\n}' },
    { text: 'file', error: wrongCount('file') },
    { text: 'file db a..b', error: 'zone is not a valid domain name: a..b' },
    { text: 'file db {\nreload\n}', line: 4, error: 'reload duration value is expected' },
    { text: 'file db {\nreload 30\n}', line: 4, error: 'time: missing unit in duration "30"' },
    { text: 'file db {\nreload x\n}', line: 4, error: 'time: invalid duration "x"' },
    { text: 'file db {\nreload -1s\n}', line: 4, error: 'reload duration is below zero: -1s' },
    { text: 'file db {\nreload 1s 2s\n}', line: 4, error: wrongCount('2s') },
    { text: 'file db {\nreload_by_mtime x\n}', line: 4, error: wrongCount('x') },
    { text: 'file db {\nfallthrough a..b\n}', line: 4, error: 'zone is not a valid domain name: a..b' },
    { text: 'file db {\ntransfer to *\n}', line: 4, error: "unknown property 'transfer'" },
    { text: 'file db {\nreload 0\n}', error: 'open db: no such file or directory' },
  ])

  const configs = [
    { title: 'nothing', text: 'file db', zones: [{ origin: 'example.net.', path: 'db' }] },
    {
      title: 'zones, in any case',
      text: 'file /etc/db Example.ORG b.test',
      zones: [
        { origin: 'example.org.', path: '/etc/db' },
        { origin: 'b.test.', path: '/etc/db' },
      ],
    },
    {
      title: 'reload',
      text: 'file db {\nreload 1m30s\n}',
      zones: [{ origin: 'example.net.', path: 'db', reloadMs: 90_000 }],
    },
    {
      title: 'no reload',
      text: 'file db {\nreload 0\n}',
      zones: [{ origin: 'example.net.', path: 'db', reloadMs: 0 }],
    },
    {
      title: 'reload_by_mtime',
      text: 'file db {\nreload_by_mtime\n}',
      zones: [{ origin: 'example.net.', path: 'db', byModificationTime: true }],
    },
    {
      title: 'fallthrough of all names',
      text: 'file db {\nfallthrough\n}',
      zones: [{ origin: 'example.net.', path: 'db' }],
      fallthrough: ['.'],
    },
    {
      title: 'fallthrough of some',
      text: 'file db {\nfallthrough a.test b.test\n}',
      zones: [{ origin: 'example.net.', path: 'db' }],
      fallthrough: ['a.test.', 'b.test.'],
    },
  ]
  for (const { title, text, zones, fallthrough } of configs) {
    it(`reads: ${title}`, () => {
      const [serverBlock] = parseCorefile(`example.net {\n${text}\n}`, 'Corefile', memoryIo()).serverBlocks
      const [directive] = serverBlock?.directives ?? []
      if (serverBlock === undefined || directive === undefined) throw new Error('no directive')
      const defaults = { reloadMs: 60_000, byModificationTime: false }
      expect(readConfig(directive, { serverBlock, offers: noOffers() })).to.deep.equal({
        zones: zones.map((zone) => ({ ...defaults, ...zone })),
        fallthrough,
      })
    })
  }

  const refused = [
    {
      title: 'no SOA record',
      text: 'a 5 A 10.0.0.1',
      error: 'file "db" has no SOA record for origin example.org.',
    },
    {
      title: 'what is no zone file',
      text: `${soa}a 5 A x`,
      error:
        'failed to parse file "db" for origin example.org. with error db:2: \'x\' is no A rdata, expected an IPv4 address',
    },
    {
      title: 'NSEC3',
      text: `${soa}@ 5 NSEC3PARAM 1 0 0 -`,
      error:
        'failed to parse file "db" for origin example.org. with error NSEC3 zone is not supported, dropping RR: example.org. for zone: example.org.',
    },
  ]
  for (const { title, text, error } of refused) {
    it(`refuses a file with ${title}`, () => {
      const build = () => serveManifests('', '. {\nfile db example.org\n}', { files: { db: text } })
      expect(build).to.throw(`plugin/file: Corefile:2 - Error during parsing: ${error}`)
    })
  }

  it('says that a file is missing, and will be looked for', () => {
    const server = serveManifests('', '. {\nfile db.gone example.org {\nreload 1m30s\n}\n}')
    expect(server.lines).to.deep.equal([
      '[WARNING] plugin/file: Failed to open "open db.gone: no such file or directory": trying again in 1m30s',
    ])
  })

  it('says what lies outside of the zone', () => {
    const text = `${soa}a.test. 5 A 10.0.0.1\nb.test. 5 A 10.0.0.1`
    const server = serveManifests('', '. {\nfile db example.org\n}', { files: { db: text } })
    expect(server.lines).to.deep.equal([
      '[WARNING] plugin/file: db: 2 records outside of zone example.org. left out, the first at a.test.',
    ])
  })
})
