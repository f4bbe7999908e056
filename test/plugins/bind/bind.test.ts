import { expect } from 'chai'
import { ClusterStore } from '../../../src/cluster/store.ts'
import { parseCorefile } from '../../../src/corefile/parser.ts'
import { type ServerAddress, wildcardAddress } from '../../../src/server/addresses.ts'
import { buildGroups, configurationErrors } from '../../../src/server/build.ts'
import { formatAddress, type ListenAddress } from '../../../src/transport/listener.ts'
import { messageOf } from '../../../src/util/errors.ts'
import { silentLogger } from '../../../src/util/log.ts'
import { memoryIo } from '../../corefile/memory-io.ts'

const interfaces: Readonly<Record<string, readonly string[]>> = {
  lo: ['127.0.0.1', '::1'],
  eth0: ['192.0.2.1', '2001:db8::1', 'fe80::1'],
  empty: [],
}
const clock = { now: () => 1000 }

const placings: readonly {
  readonly title: string
  readonly corefile: string
  readonly listen?: readonly ServerAddress[]
  readonly groups: Readonly<Record<string, readonly string[]>>
}[] = [
  { title: 'an address', corefile: 'a {\nbind 127.0.0.1\n}', groups: { '127.0.0.1:53': ['a.'] } },
  {
    title: 'several addresses, each by itself',
    corefile: 'a:5300 {\nbind 127.0.0.1 ::1\n}',
    groups: { '127.0.0.1:5300': ['a.'], '[::1]:5300': ['a.'] },
  },
  {
    title: 'several directives, an address named twice',
    corefile: 'a {\nbind 127.0.0.1\nbind ::1 127.0.0.1\n}',
    groups: { '127.0.0.1:53': ['a.'], '[::1]:53': ['a.'] },
  },
  {
    title: 'an interface, but for its link-local address',
    corefile: 'a {\nbind eth0\n}',
    groups: { '192.0.2.1:53': ['a.'], '[2001:db8::1]:53': ['a.'] },
  },
  {
    title: 'except an address',
    corefile: 'a {\nbind lo {\nexcept ::1\n}\n}',
    groups: { '127.0.0.1:53': ['a.'] },
  },
  {
    title: 'except an interface, from this directive only',
    corefile: 'a {\nbind 127.0.0.1 192.0.2.1 {\nexcept lo\n}\nbind ::1\n}',
    groups: { '192.0.2.1:53': ['a.'], '[::1]:53': ['a.'] },
  },
  {
    title: 'of two lines `except` the last one',
    corefile: 'a {\nbind lo {\nexcept ::1\nexcept 127.0.0.1\n}\n}',
    groups: { '[::1]:53': ['a.'] },
  },
  { title: 'nowhere', corefile: 'a {\nbind empty\n}', groups: {} },
  {
    title: 'blocks of one address together, and beside one that is not bound',
    corefile: 'a {\nbind 127.0.0.1 ::1\n}\nb {\nbind 127.0.0.1\n}\nc {\n}',
    groups: { '127.0.0.1:53': ['a.', 'b.'], '[::1]:53': ['a.'], 'everywhere:53': ['c.'] },
  },
  {
    title: 'one zone at several addresses',
    corefile: 'a {\nbind 127.0.0.1\n}\na {\nbind ::1\n}',
    groups: { '127.0.0.1:53': ['a.'], '[::1]:53': ['a.'] },
  },
  {
    title: 'nothing beside --listen',
    corefile: 'a {\nbind 127.0.0.1\n}',
    listen: [{ scheme: 'dns', address: '127.0.0.2', port: 1053 }],
    groups: { '127.0.0.2:1053': ['a.'] },
  },
]

describe('plugin bind', () => {
  for (const { title, corefile, listen = [], groups } of placings) {
    it(`serves at ${title}`, () => {
      const built = buildGroups(parse(corefile), contextOf(listen))
      const found = built.map(({ addresses, zones }) => [addresses.map(placeOf).join(' '), [...zones.keys()]])
      expect(Object.fromEntries(found)).to.deep.equal(groups)
    })
  }

  for (const { text, line = 2, error } of [
    { text: 'bind', error: 'at least one address or interface name is expected' },
    { text: 'bind eth9', error: 'not a valid IP address or interface name: "eth9"' },
    { text: 'bind fe80::1%eth0', error: 'not a valid IP address or interface name: "fe80::1%eth0"' },
    {
      text: 'bind lo {\nexcept\n}',
      line: 3,
      error: 'at least one address or interface must be given to except subdirective',
    },
    { text: 'bind lo {\nexcept nobody\n}', line: 3, error: 'not a valid IP address or interface name: "nobody"' },
    { text: 'bind lo {\nonly ::1\n}', line: 3, error: 'invalid option "only"' },
  ]) {
    it(`refuses: ${text.replaceAll('\n', ' ; ')}`, () => {
      const message = `plugin/bind: Corefile:${line} - Error during parsing: ${error}`
      expect(errorsOf(`a {\n${text}\n}`)).to.deep.equal([message])
    })
  }

  for (const { title, corefile, error } of [
    {
      title: 'a zone twice at one address',
      corefile: 'a {\nbind 127.0.0.1 ::1\n}\na {\nbind ::1\n}',
      error: 'Corefile:4 - Error during parsing: cannot serve dns://a.:53 on ::1 - it is already defined',
    },
    {
      title: 'a zone at an address, and everywhere',
      corefile: 'a {\nbind 127.0.0.1\n}\na {\n}',
      error:
        'Corefile:4 - Error during parsing: cannot serve dns://a.:53 - zone overlap listener capacity with dns://a.:53 on 127.0.0.1',
    },
    {
      title: 'a zone everywhere, and at an address',
      corefile: 'a {\n}\na {\nbind 127.0.0.1\n}',
      error:
        'Corefile:3 - Error during parsing: cannot serve dns://a.:53 on 127.0.0.1 - zone overlap listener capacity with dns://a.:53',
    },
  ]) {
    it(`refuses ${title}`, () => expect(errorsOf(corefile)).to.deep.equal([error]))
  }
})

function parse(corefile: string) {
  return parseCorefile(corefile, 'Corefile', memoryIo())
}

function contextOf(listen: readonly ServerAddress[]) {
  const interfaceAddresses = (name: string) => interfaces[name]
  return { cluster: new ClusterStore(clock), log: silentLogger, clock, listen, interfaceAddresses }
}

function errorsOf(corefile: string): readonly string[] {
  return configurationErrors(parse(corefile), contextOf([])).map(messageOf)
}

function placeOf(at: ListenAddress): string {
  return at.address === wildcardAddress() ? `everywhere:${at.port}` : formatAddress(at)
}
