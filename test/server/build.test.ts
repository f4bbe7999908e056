import { expect } from 'chai'
import { ClusterStore } from '../../src/cluster/store.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { pluginOrder } from '../../src/plugins/order.ts'
import { type ServerAddress, wildcardAddress } from '../../src/server/addresses.ts'
import { buildGroups, configurationErrors } from '../../src/server/build.ts'
import { type ServerGroup, servicesOf } from '../../src/server/server.ts'
import { formatAddress } from '../../src/transport/listener.ts'
import { messageOf } from '../../src/util/errors.ts'
import { silentLogger } from '../../src/util/log.ts'
import { memoryIo } from '../corefile/memory-io.ts'
import { query } from '../dns/messages.ts'
import { testResponder } from './harness.ts'

const clock = { now: () => 1000 }
const loopback: ServerAddress = { scheme: 'dns', address: '127.0.0.1', port: 1053 }
const loopback6: ServerAddress = { scheme: 'dns', address: '::1', port: 0 }

const groupings: readonly {
  readonly title: string
  readonly corefile: string
  readonly listen?: readonly ServerAddress[]
  /** The zones served at each place. */
  readonly groups: Readonly<Record<string, readonly string[]>>
}[] = [
  {
    title: 'port 53 of all interfaces, unless the key says more',
    corefile: 'a {\nwhoami\n}',
    groups: { 'everywhere:53': ['a.'] },
  },
  {
    title: 'blocks of one port together',
    corefile: 'a {\nwhoami\n}\nb:53 {\nwhoami\n}',
    groups: { 'everywhere:53': ['a.', 'b.'] },
  },
  {
    title: 'blocks of one zone that views tell apart, in any order',
    corefile: 'a {\nview v\n}\na {\nwhoami\n}\na {\nview w\n}\na {\nview v\n}',
    groups: { 'everywhere:53': ['a.'] },
  },
  {
    title: 'a view at one address, and the zone at all behind it',
    corefile: 'a {\nbind 127.0.0.1\nview v\n}\na {\nwhoami\n}',
    groups: { '127.0.0.1:53': ['a.'], 'everywhere:53': ['a.'] },
  },
  {
    title: 'blocks of one zone that --listen brings together with a view',
    corefile: 'a:1 {\nview v\n}\na:2 {\nwhoami\n}',
    listen: [loopback],
    groups: { '127.0.0.1:1053': ['a.'] },
  },
  {
    title: 'keys of one block on several ports',
    corefile: 'a b:5300 dns://c:5300 {\nwhoami\n}',
    groups: { 'everywhere:53': ['a.'], 'everywhere:5300': ['b.', 'c.'] },
  },
  {
    title: 'one zone on two ports',
    corefile: 'a:1 {\nwhoami\n}\na:2 {\nwhoami\n}',
    groups: { 'everywhere:1': ['a.'], 'everywhere:2': ['a.'] },
  },
  {
    title: '--listen in place of every port',
    corefile: 'a:1 {\nwhoami\n}\nb:2 {\nwhoami\n}',
    listen: [loopback, loopback6],
    groups: { '127.0.0.1:1053 [::1]:0': ['a.', 'b.'] },
  },
  {
    title: 'tls:// on port 853, apart from dns://',
    corefile: 'tls://a b {\nwhoami\n}\nc:853 {\nbind 127.0.0.1\nwhoami\n}\ntls://d:853 e {\nwhoami\n}',
    groups: { 'tls everywhere:853': ['a.', 'd.'], 'everywhere:53': ['b.', 'e.'], '127.0.0.1:853': ['c.'] },
  },
  {
    title: '--listen in place of the ports of its scheme',
    corefile: 'tls://a b:1 tls://c:2 {\nbind 127.0.0.1\nwhoami\n}',
    listen: [loopback],
    groups: { 'tls 127.0.0.1:853': ['a.'], '127.0.0.1:1053': ['b.'], 'tls 127.0.0.1:2': ['c.'] },
  },
  {
    title: '--listen tls:// in place of those of tls://',
    corefile: 'tls://a b:1 tls://c:2 {\nbind 127.0.0.1\nwhoami\n}',
    listen: [{ ...loopback, scheme: 'tls' }],
    groups: { 'tls 127.0.0.1:1053': ['a.', 'c.'], '127.0.0.1:1': ['b.'] },
  },
  {
    title: 'a network as its reverse zone',
    corefile: '10.1.0.0/16 {\nwhoami\n}',
    groups: { 'everywhere:53': ['1.10.in-addr.arpa.'] },
  },
]

describe('buildGroups: zones that share sockets', () => {
  for (const { title, corefile, listen = [], groups } of groupings) {
    it(title, () => expect(placesOf(build(corefile, listen))).to.deep.equal(groups))
  }
})

const refusals: readonly {
  readonly title: string
  readonly corefile: string
  readonly listen?: readonly ServerAddress[]
  readonly errors: readonly string[]
}[] = [
  ...['quic', 'grpc', 'https', 'https3'].map((scheme) => ({
    title: `scheme ${scheme}://`,
    corefile: `${scheme}://a {\nwhoami\n}`,
    errors: [`Corefile:1 - Error during parsing: scheme '${scheme}://' is not supported by cluster-dns`],
  })),
  {
    title: 'a directive that CoreDNS has and we have not',
    corefile: 'a {\nerrors\ndnssec\n}',
    errors: ["Corefile:3 - Error during parsing: directive 'dnssec' is not supported by cluster-dns"],
  },
  {
    title: 'a directive that nobody has',
    corefile: 'a {\nkubernetse\n}',
    errors: ["Corefile:2 - Error during parsing: Unknown directive 'kubernetse', did you mean 'kubernetes'?"],
  },
  {
    title: 'a directive that is like no other',
    corefile: 'a {\nxyzzyplugh\n}',
    errors: ["Corefile:2 - Error during parsing: Unknown directive 'xyzzyplugh'"],
  },
  {
    title: 'what a plugin refuses',
    corefile: 'cluster.local {\nkubernetes {\npods yes\n}\n}',
    errors: [
      'plugin/kubernetes: Corefile:3 - Error during parsing: wrong value for pods: yes,  must be one of: disabled, verified, insecure',
    ],
  },
  {
    title: 'two zones of one name that --listen brings together',
    corefile: 'a:1 {\nwhoami\n}\na:2 {\nwhoami\n}',
    listen: [loopback],
    errors: ['Corefile:4 - Error during parsing: cannot serve dns://a. on 127.0.0.1:1053 - it is already defined'],
  },
  {
    title: 'one zone of tls:// twice',
    corefile: 'tls://a {\nwhoami\n}\ntls://a:853 {\nwhoami\n}',
    errors: ['Corefile:4 - Error during parsing: cannot serve tls://a.:853 - it is already defined'],
  },
  {
    title: 'one zone of tls:// at all addresses and at one',
    corefile: 'tls://a {\nwhoami\n}\ntls://a {\nbind 127.0.0.1\nwhoami\n}',
    errors: [
      'Corefile:4 - Error during parsing: cannot serve tls://a.:853 on 127.0.0.1 - zone overlap listener capacity with tls://a.:853',
    ],
  },
  {
    title: 'two zones of tls:// that --listen brings together',
    corefile: 'tls://a:1 {\nwhoami\n}\ntls://a:2 {\nwhoami\n}',
    listen: [{ ...loopback, scheme: 'tls' }],
    errors: ['Corefile:4 - Error during parsing: cannot serve tls://a. on 127.0.0.1:1053 - it is already defined'],
  },
  {
    title: 'a port of both dns:// and tls://',
    corefile: 'a:853 tls://a b:853 {\nbind 127.0.0.1\nwhoami\n}',
    errors: [
      'Corefile:1 - Error during parsing: cannot serve a. at tls://127.0.0.1:853 - the port is that of dns://127.0.0.1:853',
    ],
  },
  {
    title: 'two of them beside a view, too',
    corefile: 'a:1 {\nwhoami\n}\na:2 {\nview v\n}\na:3 {\nwhoami\n}',
    listen: [loopback],
    errors: ['Corefile:7 - Error during parsing: cannot serve dns://a. on 127.0.0.1:1053 - it is already defined'],
  },
  {
    title: 'two blocks without a view for one zone, beside one with a view',
    corefile: 'a {\nwhoami\n}\na {\nview v\n}\na {\nwhoami\n}',
    errors: ['Corefile:7 - Error during parsing: cannot serve dns://a.:53 - it is already defined'],
  },
  {
    title: 'a view at one address behind a block for the zone at all',
    corefile: 'a {\nwhoami\n}\na {\nbind 127.0.0.1\nview v\n}',
    errors: [
      'Corefile:4 - Error during parsing: cannot serve dns://a.:53 on 127.0.0.1 - zone overlap listener capacity with dns://a.:53',
    ],
  },
  {
    title: 'a view at all addresses behind a block for the zone at one',
    corefile: 'a {\nbind 127.0.0.1\nwhoami\n}\na {\nview v\n}',
    errors: [
      'Corefile:5 - Error during parsing: cannot serve dns://a.:53 - zone overlap listener capacity with dns://a.:53 on 127.0.0.1',
    ],
  },
  {
    title: 'a view that cannot be used, alone',
    corefile: 'a {\nview\nwhoami\n}\na {\nwhoami\n}',
    errors: [
      "plugin/view: Corefile:2 - Error during parsing: Wrong argument count or unexpected line ending after 'view'",
    ],
  },
  {
    title: 'several faults, all of them told',
    corefile: 'quic://a b {\netcd x\nkubernetes b {\nttl x\n}\n}\nc {\nroute53\nlog . {\nclass x\n}\n}',
    errors: [
      "Corefile:1 - Error during parsing: scheme 'quic://' is not supported by cluster-dns",
      "Corefile:2 - Error during parsing: directive 'etcd' is not supported by cluster-dns",
      'plugin/kubernetes: Corefile:4 - Error during parsing: ',
      "Corefile:8 - Error during parsing: directive 'route53' is not supported by cluster-dns",
      'plugin/log: Corefile:10 - Error during parsing: invalid Class: x, expected success, denial, error, all',
    ],
  },
]

describe('buildGroups: what is refused', () => {
  for (const { title, corefile, listen = [], errors } of refusals) {
    it(title, () => {
      const [first = ''] = errors
      expect(() => build(corefile, listen)).to.throw(first)
      const told = errorsOf(corefile, listen)
      expect(told).to.have.length(errors.length)
      for (const [index, error] of errors.entries()) expect(told[index]).to.include(error)
    })
  }

  it('nothing of a Corefile that is good', () => {
    expect(errorsOf('cluster.local {\nerrors\nlog\nkubernetes\nloadbalance\n}', [])).to.deep.equal([])
  })
})

describe('buildGroups: server blocks', () => {
  it('have one chain each, whatever number of keys', () => {
    const [first, second] = build('a b:5300 {\nwhoami\n}\nc {\nwhoami\n}', [])
    const blocks = [first, second].flatMap((group) => [...(group?.zones.values() ?? [])].flat())
    expect(blocks).to.have.length(3)
    expect(new Set(blocks)).to.have.length(2)
  })

  it('put their plugins in the order of the chain, not of the file', async () => {
    // whoami answers everything, so that kubernetes is asked only if it stands above it.
    const [group] = build('cluster.local {\nwhoami\nkubernetes\n}', [])
    const responder = testResponder(group?.zones ?? new Map())
    expect((await responder.ask(query('no.such.svc.cluster.local.'))).rcode).to.equal(3)
  })

  it('refuse everything if they have no plugin', async () => {
    const [group] = build('cluster.local {\n}', [])
    expect((await testResponder(group?.zones ?? new Map()).ask(query('cluster.local.'))).rcode).to.equal(5)
  })

  it('stand for whoami and log where the Corefile is empty', async () => {
    const [group] = build('# nothing\n', [])
    const { additional } = await testResponder(group?.zones ?? new Map()).ask(query('example.com.'))
    expect(additional.map(({ owner, type }) => `${owner} ${type}`)).to.deep.equal([
      'example.com. A',
      '_udp.example.com. SRV',
    ])
  })

  it('answer although an observer of theirs fails', async () => {
    const log = {
      ...silentLogger,
      info: () => {
        throw new Error('the disk is full')
      },
    }
    const [group] = buildGroups(parse('. {\nwhoami\nlog\n}'), { ...contextOf([]), log })
    const responder = testResponder(group?.zones ?? new Map())
    expect((await responder.ask(query('example.com.'))).rcode).to.equal(0)
    expect(responder.lines.join()).to.match(/^\[ERROR\] plugin\/log: Error: the disk is full/)
  })
})

describe('buildGroups: a plugin that keeps what others answer', () => {
  it('hears of changes of the cluster and of plugins, from the first query until it is stopped', async () => {
    const context = contextOf([])
    const [group] = buildGroups(parse('. {\ncache\nwhoami\n}'), context)
    if (group === undefined) throw new Error('there is a group')
    const followers = [countFollowers(context.cluster), countFollowers(group.changes)]
    const counts = () => followers.map((count) => count())
    expect(counts()).to.deep.equal([0, 0])
    await testResponder(group.zones).ask(query('www.example.org.'))
    expect(counts()).to.deep.equal([1, 1])
    for (const service of servicesOf([group])) await service.stop()
    expect(counts()).to.deep.equal([0, 0])
  })
})

/** How many follow it from now on. */
function countFollowers<L>(source: { onChange(listener: L): () => void }): () => number {
  const follow = source.onChange.bind(source)
  let followers = 0
  source.onChange = (listener) => {
    followers++
    const end = follow(listener)
    return () => {
      followers--
      end()
    }
  }
  return () => followers
}

function build(corefile: string, listen: readonly ServerAddress[]): readonly ServerGroup[] {
  return buildGroups(parse(corefile), contextOf(listen))
}

/** As the command `check` gathers them: the parser's first error, or all of the others. */
function errorsOf(corefile: string, listen: readonly ServerAddress[]): readonly string[] {
  try {
    return configurationErrors(parse(corefile), contextOf(listen)).map(messageOf)
  } catch (error) {
    return [messageOf(error)]
  }
}

function parse(corefile: string) {
  return parseCorefile(corefile, 'Corefile', memoryIo(), { directiveNames: pluginOrder.map(({ name }) => name) })
}

function contextOf(listen: readonly ServerAddress[]) {
  return { cluster: new ClusterStore(clock), log: silentLogger, clock, listen }
}

function placesOf(groups: readonly ServerGroup[]) {
  return Object.fromEntries(groups.map(({ addresses, zones }) => [addresses.map(placeOf).join(' '), [...zones.keys()]]))
}

function placeOf(at: ServerAddress): string {
  const scheme = at.scheme === 'tls' ? 'tls ' : ''
  return scheme + (at.address === wildcardAddress() ? `everywhere:${at.port}` : formatAddress(at))
}
