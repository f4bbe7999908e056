import { expect } from 'chai'
import fc from 'fast-check'
import { decodeMessage } from '../../../src/dns/wire/decode.ts'
import { messageOf, relayed, type Said } from '../../support/upstream.ts'
import { type AskOptions, CachedUpstream, settle } from './harness.ts'

const names = ['www.example.org.', 'WWW.Example.org.', 'ftp.example.org.', 'no.example.org.'] as const
const authority = (ttl: number) => [
  `example.org. ${ttl} IN SOA ns.example.org. hostmaster.example.org. 1 7200 1800 86400 60`,
]

const ttl = fc.constantFrom(0, 1, 7, 30, 100)
/** What the other server says of a name from now on. */
const said = fc.oneof(
  fc.tuple(ttl, fc.nat(9)).map(
    ([seconds, last]) =>
      (name: string): Said => ({
        answer: [`${name} ${seconds} IN A 192.0.2.${last}`, `${name} ${seconds + 3} IN A 192.0.2.${last + 10}`],
      }),
  ),
  ttl.map((seconds) => (): Said => ({ rcode: 3, authority: authority(seconds) })),
  ttl.map((seconds) => (): Said => ({ authority: authority(seconds), ad: true })),
  fc.constant((): Said => ({ rcode: 2 })),
  fc.constant((): Said => ({ rcode: 5 })),
)

type Deed =
  | { readonly kind: 'ask'; readonly name: string; readonly type: string; readonly options: AskOptions }
  | { readonly kind: 'pass'; readonly seconds: number }
  | { readonly kind: 'say'; readonly said: (name: string) => Said }

const options = fc.record(
  {
    ad: fc.boolean(),
    cd: fc.boolean(),
    rd: fc.boolean(),
    id: fc.nat(0xffff),
    opt: fc.record({ dnssecOk: fc.boolean(), payloadSize: fc.constantFrom(512, 1232) }),
  },
  { requiredKeys: [] },
)
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      name: fc.constantFrom(...names),
      type: fc.constantFrom('A', 'A', 'AAAA'),
      options,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.constantFrom(0.4, 1, 3, 6, 29, 200) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('say' as const), said }) },
)

const directives = [
  'cache',
  'cache 10 {\nkeepttl\n}',
  'cache {\nprefetch 2 1m 50%\n}',
  'cache {\nserve_stale 1m\n}',
  'cache {\nserve_stale 1m verify\n}',
  'cache {\nserve_stale 1m immediate 9s 5s\nserve_stale_policy prefer_positive\nprefetch 1 1m 90%\n}',
  'cache {\nsuccess 1024 60 0\ndenial 1024 60 0\ndisable denial no.example.org\n}',
]

function speaking(directive: string): CachedUpstream {
  const server = new CachedUpstream(directive)
  tell(server, () => ({ rcode: 3, authority: authority(30) }))
  return server
}

function tell({ upstream }: CachedUpstream, said: (name: string) => Said): void {
  upstream.answer = ({ spelling, qtype }) =>
    Promise.resolve(relayed(messageOf(`${spelling} TYPE${qtype}`, said(spelling))))
}

describe('cache: whatever is asked, and whenever', () => {
  for (const directive of directives) {
    it(`the answer cache in front gives and counts what the plugin would: ${directive.replaceAll('\n', ' ')}`, () =>
      fc.assert(
        fc.asyncProperty(fc.array(deed, { minLength: 5, maxLength: 40 }), async (deeds) => {
          const server = speaking(directive)
          const bare = speaking(directive)
          for (const each of deeds) {
            if (each.kind === 'pass') for (const one of [server, bare]) one.pass(each.seconds)
            if (each.kind === 'say') for (const one of [server, bare]) tell(one, each.said)
            if (each.kind !== 'ask') continue
            bare.emptyFront()
            const ask = `${each.name} ${each.type}`
            const [given, expected] = [await server.octets(ask, each.options), await bare.octets(ask, each.options)]
            expect(decodeMessage(given)).to.deep.equal(decodeMessage(expected))
            expect(given).to.deep.equal(expected)
            await settle()
          }
          expect(server.counts()).to.deep.equal(bare.counts())
          expect(server.fetches).to.equal(bare.fetches)
        }),
        { numRuns: 150 },
      ))
  }
})
