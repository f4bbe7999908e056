import { expect } from 'chai'
import { parseName } from '../../../src/dns/name.ts'
import { buildZone } from '../../../src/plugin/zone/zone.ts'
import { readCatalog } from '../../../src/plugins/secondary/catalog.ts'
import { records } from '../../dns/messages.ts'
import { Serving, soa, zone } from './serving.ts'

/** A catalog with these lines, below its origin. */
const catalog = (serial: number, lines: readonly string[], origin = 'catalog.test.') => [
  soa(serial, undefined, origin),
  `${origin} 0 IN NS invalid.`,
  `version.${origin} 0 IN TXT "2"`,
  ...lines.map((line) => line.replace(/^(\S+)/, `$1.${origin}`)),
]
const member = (id: string, name: string) => `${id}.zones 0 IN PTR ${name}`

describe('secondary: what a catalog zone says (RFC 9432)', () => {
  const origin = parseName('catalog.test.')
  const read = (lines: readonly string[]) => readCatalog(buildZone(origin, records(...lines)))
  const [head = '', ns = '', version = ''] = catalog(1, [])

  it('is its members, by zone', () => {
    const lines = catalog(1, [
      member('B', 'Example.NET.'),
      member('a', 'example.com.'),
      'group.a.zones 0 IN TXT "one"',
      'group.a.zones 0 IN TXT "two"',
      'coo.b.zones 0 IN PTR other.test.',
      'ignored 0 IN TXT "x"',
      'coo.c.zones 0 IN PTR other.test.',
      'x.y.zones 0 IN PTR deep.test.',
    ])
    expect([...read(lines).members.values()].sort((left, right) => (left.id < right.id ? -1 : 1))).to.deep.equal([
      { zone: 'example.com.', id: 'a' },
      { zone: 'example.net.', id: 'b', changeOfOwnership: 'other.test.' },
    ])
  })

  const broken: readonly [title: string, lines: readonly string[], message: string][] = [
    ['no NS record', [head, version], 'catalog zone catalog.test. has no NS record'],
    ['no version', [head, ns], 'catalog zone catalog.test. must have exactly one version TXT record'],
    [
      'two versions',
      [head, ns, version, version.replace('2', '1')],
      'catalog zone catalog.test. must have exactly one version TXT record',
    ],
    [
      'another version',
      [head, ns, version.replace('2', '1')],
      'catalog zone catalog.test. has unsupported version "1"',
    ],
    [
      'a member with two zones',
      catalog(1, [member('a', 'a.test.'), member('a', 'b.test.')]),
      'catalog member a.zones.catalog.test. must have exactly one PTR record',
    ],
    [
      'a zone of two members',
      catalog(1, [member('a', 'a.test.'), member('b', 'a.test.')]),
      'catalog member zone a.test. is listed by both a and b',
    ],
    [
      'a member with two owners to be',
      catalog(1, [member('a', 'a.test.'), 'coo.a.zones 0 IN PTR x.', 'coo.a.zones 0 IN PTR y.']),
      'catalog member a has more than one coo PTR record',
    ],
  ]
  for (const [title, lines, message] of broken) {
    it(`is broken with ${title}`, () => expect(() => read(lines)).to.throw(message))
  }
})

describe('secondary: catalog', () => {
  const serving = new Serving()
  afterEach(() => serving.end())

  const [a, b, c] = ['a.test.', 'b.test.', 'c.test.'].map((origin, index) =>
    zone(1, `192.0.2.${index + 1}`, origin),
  ) as [string[], string[], string[]]
  const members = { 'a.test.': a, 'b.test.': b, 'c.test.': c }
  const block = (from: string, of = '') => `. {\nsecondary catalog.test {\ntransfer from ${from}\ncatalog ${of}\n}\n}`
  const told = (lines: readonly string[]) =>
    lines.filter((line) => /member/.test(line)).map((line) => line.replace('plugin/secondary: ', ''))

  it('takes in its members, from the same primaries, and lets go of those that leave it', async () => {
    const primary = await serving.primary({
      ...members,
      'catalog.test.': catalog(1, [member('1', 'a.test.'), member('2', 'b.test.')]),
    })
    const started = await serving.start(block(primary.at))
    expect(await started.web('web.a.test.')).to.equal('REFUSED')
    await started.transferred(3)
    expect(await started.web('web.a.test.')).to.equal('192.0.2.1')
    expect(await started.web('web.b.test.')).to.equal('192.0.2.2')
    expect(told(started.server.lines)).to.deep.equal([
      '[INFO] Added catalog member zone a.test. from catalog catalog.test.',
      '[INFO] Added catalog member zone b.test. from catalog catalog.test.',
      '[INFO] Parsed catalog zone catalog.test. with 2 member zones',
    ])
    primary.zones['catalog.test.'] = catalog(2, [member('2', 'b.test.'), member('3', 'c.test.')])
    await started.settle()
    await started.notify('catalog.test.')
    await started.transferred(5)
    expect(await started.web('web.a.test.')).to.equal('REFUSED')
    expect(await started.web('web.c.test.')).to.equal('192.0.2.3')
    expect(told(started.server.lines).slice(3)).to.deep.equal([
      '[INFO] Added catalog member zone c.test. from catalog catalog.test.',
      '[INFO] Removed catalog member zone a.test. from catalog catalog.test.',
      '[INFO] Parsed catalog zone catalog.test. with 2 member zones',
    ])
    expect(primary.asked.filter((each) => each.startsWith('b.'))).to.have.lengthOf(1)
  })

  it('takes NOTIFY for a member from the primaries of its catalog', async () => {
    const primary = await serving.primary({ ...members, 'catalog.test.': catalog(1, [member('1', 'a.test.')]) })
    const started = await serving.start(block(primary.at))
    await started.transferred(2)
    await started.settle()
    primary.zones['a.test.'] = zone(2, '192.0.2.11', 'a.test.')
    expect((await started.notify('a.test.'))?.rcode).to.equal(0)
    await started.transferred(3)
    expect(await started.web('web.a.test.')).to.equal('192.0.2.11')
  })

  it('takes in no others than it may', async () => {
    const lines = [member('1', 'a.test.'), member('2', 'b.test.'), member('3', 'x.b.test.')]
    const primary = await serving.primary({ ...members, 'catalog.test.': catalog(1, lines) })
    const started = await serving.start(block(primary.at, 'b.test'))
    await started.lines(/Parsed catalog/)
    expect(told(started.server.lines)).to.deep.equal([
      '[INFO] Added catalog member zone b.test. from catalog catalog.test.',
      '[INFO] Added catalog member zone x.b.test. from catalog catalog.test.',
      '[WARNING] Skipped 1 member zones from catalog catalog.test.: outside configured member zones',
      '[INFO] Parsed catalog zone catalog.test. with 3 member zones',
    ])
  })

  it('that is broken is not served, and changes nothing', async () => {
    const primary = await serving.primary({ ...members, 'catalog.test.': catalog(1, [member('1', 'a.test.')]) })
    const started = await serving.start(block(primary.at))
    await started.transferred(2)
    await started.settle()
    primary.zones['catalog.test.'] = [soa(2, undefined, 'catalog.test.')]
    await started.notify('catalog.test.')
    expect(await started.lines(/^\[ERROR\]/)).to.deep.equal([
      `[ERROR] plugin/secondary: Failed to transfer \`catalog.test.' from "${primary.at}": catalog zone catalog.test. has no NS record`,
    ])
    expect(await started.web('web.a.test.')).to.equal('192.0.2.1')
    expect((await started.server.ask('catalog.test. SOA')).answer).to.deep.equal([soa(1, undefined, 'catalog.test.')])
  })

  it('forgets what it had of a zone that is another member now', async () => {
    const primary = await serving.primary({ ...members, 'catalog.test.': catalog(1, [member('1', 'a.test.')]) })
    const started = await serving.start(block(primary.at))
    await started.transferred(2)
    await started.settle()
    primary.zones['catalog.test.'] = catalog(2, [member('2', 'a.test.')])
    primary.zones['a.test.'] = zone(0, '192.0.2.11', 'a.test.') // no newer one
    await started.notify('catalog.test.')
    await started.transferred(4)
    expect(await started.web('web.a.test.')).to.equal('192.0.2.11')
    expect(told(started.server.lines)[2]).to.equal(
      '[INFO] Reset catalog member zone a.test. from catalog.test. after member ID changed from 1 to 2',
    )
  })

  it('leaves zones of the Corefile alone', async () => {
    const [own, primary] = [
      await serving.primary({ 'a.test.': zone(1, '192.0.2.99', 'a.test.') }),
      await serving.primary({
        ...members,
        'catalog.test.': catalog(1, [member('1', 'a.test.'), member('2', 'catalog.test.')]),
      }),
    ]
    const started = await serving.start(
      `. {\nsecondary a.test {\ntransfer from ${own.at}\n}\nsecondary catalog.test {\ntransfer from ${primary.at}\ncatalog\n}\n}`,
    )
    await started.transferred(2)
    expect(await started.web('web.a.test.')).to.equal('192.0.2.99')
    await started.lines(/Parsed catalog/)
    expect(told(started.server.lines)).to.deep.equal([
      '[WARNING] Skipping catalog member zone a.test. from catalog.test.: zone already exists',
      '[WARNING] Skipping catalog member zone catalog.test. from catalog.test.: zone already exists',
      '[INFO] Parsed catalog zone catalog.test. with 2 member zones',
    ])
  })

  const [one, two] = ['one.test.', 'two.test.']
  const both = (from: string) => `. {\nsecondary one.test two.test {\ntransfer from ${from}\ncatalog\n}\n}`
  const giving = ['m.zones 0 IN PTR a.test.', 'coo.m.zones 0 IN PTR two.test.']

  it('does not take a zone from another catalog that has not given it up', async () => {
    const primary = await serving.primary({
      ...members,
      [one]: catalog(1, [member('m', 'a.test.')], one),
      [two]: catalog(1, [], two),
    })
    const started = await serving.start(both(primary.at))
    await started.transferred(3)
    primary.zones[two] = catalog(2, [member('m', 'a.test.')], two)
    await started.settle()
    await started.notify(two)
    await started.transferred(4)
    await started.lines(/Skipping catalog member zone a\.test\. from two\.test\.: zone already exists/)
  })

  for (const [id, title, line, address] of [
    ['m', 'as it is', 'preserving state for member ID m', '192.0.2.1'],
    ['n', 'anew', 'with state reset after member identity changed from m to n', '192.0.2.11'],
  ] as const) {
    it(`takes over a zone that was given up to it, ${title}`, async () => {
      const primary = await serving.primary({ ...members, [one]: catalog(1, giving, one), [two]: catalog(1, [], two) })
      const started = await serving.start(both(primary.at))
      await started.transferred(3)
      expect(await started.web('web.a.test.')).to.equal('192.0.2.1')
      await started.settle()
      primary.zones['a.test.'] = zone(0, '192.0.2.11', 'a.test.') // no newer one
      primary.zones[two] = catalog(2, [member(id, 'a.test.')], two)
      await started.notify(two)
      await started.transferred(id === 'm' ? 4 : 5)
      await started.settle()
      expect(await started.web('web.a.test.')).to.equal(address)
      await started.lines(
        new RegExp(`Migrated catalog member zone a.test. from catalog one.test. to two.test.,? ${line}`),
      )
      primary.zones[one] = catalog(2, [], one)
      await started.notify(one)
      await started.lines(/Parsed catalog zone one\.test\. with 0/)
      expect(await started.web('web.a.test.'), 'it is the other one that has it').to.equal(address)
    })
  }

  it('ends with the server, members and all', async () => {
    const primary = await serving.primary({ ...members, 'catalog.test.': catalog(1, [member('1', 'a.test.')]) })
    const started = await serving.start(block(primary.at))
    await started.transferred(2)
    await started.server.stop()
    await started.settle()
    expect(started.timer.waiting).to.equal(0)
  })
})
