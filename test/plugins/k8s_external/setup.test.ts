import { expect } from 'chai'
import { parseCorefile } from '../../../src/corefile/parser.ts'
import type { ExternalConfig } from '../../../src/plugins/k8s_external/config.ts'
import { readConfig } from '../../../src/plugins/k8s_external/setup.ts'
import { memoryIo } from '../../corefile/memory-io.ts'
import { buildCorefile } from '../../support/serve.ts'

const defaults = {
  zones: ['cluster.local.'],
  primaryZone: 'cluster.local.',
  apex: 'dns',
  ttl: 5,
  headless: false,
  fallthrough: [],
}

function configOf(corefile: string): ExternalConfig {
  const [serverBlock] = parseCorefile(corefile, 'Corefile', memoryIo()).serverBlocks
  const directive = serverBlock?.directives.find(({ name }) => name === 'k8s_external')
  if (serverBlock === undefined || directive === undefined) throw new Error('no k8s_external directive')
  return readConfig(directive, serverBlock)
}

const cases = [
  { title: 'nothing: the zones of the block', text: 'k8s_external', config: {} },
  {
    title: 'zones, in any case, a CIDR among them',
    text: 'k8s_external 192.0.2.0/24 Example.ORG b.test.',
    config: { zones: ['2.0.192.in-addr.arpa.', 'example.org.', 'b.test.'], primaryZone: 'example.org.' },
  },
  {
    title: 'reverse zones alone: pointers lead to the first, for want of another',
    text: 'k8s_external in-addr.arpa',
    config: { zones: ['in-addr.arpa.'], primaryZone: 'in-addr.arpa.' },
  },
  { title: 'apex', text: 'k8s_external {\napex NS\n}', config: { apex: 'ns' } },
  { title: 'ttl, the least', text: 'k8s_external {\nttl 0\n}', config: { ttl: 0 } },
  { title: 'ttl, the most', text: 'k8s_external {\nttl 3600\n}', config: { ttl: 3600 } },
  { title: 'headless', text: 'k8s_external {\nheadless\n}', config: { headless: true } },
  { title: 'fallthrough of all names', text: 'k8s_external {\nfallthrough\n}', config: { fallthrough: ['.'] } },
  {
    title: 'fallthrough of some',
    text: 'k8s_external {\nfallthrough A.test 10.0.0.0/8\n}',
    config: { fallthrough: ['a.test.', '10.in-addr.arpa.'] },
  },
]

describe('k8s_external: setup', () => {
  for (const { title, text, config } of cases) {
    it(title, () => {
      expect(configOf(`cluster.local {\n${text}\n}\n`)).to.deep.equal({ ...defaults, ...config })
    })
  }
})

const wrongCount = (word: string) => `Wrong argument count or unexpected line ending after '${word}'`
const longZone = `${`${'a'.repeat(63)}.`.repeat(3)}${'b'.repeat(47)}.`

/** What stands in line 3, in a block with `kubernetes`, and what is said of it. */
const wrong = [
  { text: 'ttl', error: wrongCount('ttl') },
  { text: 'ttl 5 6', error: wrongCount('6') },
  { text: 'ttl 3601', error: 'ttl must be in range [0, 3600]: 3601' },
  { text: 'ttl -1', error: 'ttl must be in range [0, 3600]: -1' },
  { text: 'ttl 5s', error: 'strconv.Atoi: parsing "5s": invalid syntax' },
  { text: 'apex', error: wrongCount('apex') },
  { text: 'apex a.b', error: 'apex is not one label: a.b' },
  { text: 'apex .', error: 'apex is not one label: .' },
  { text: 'headless yes', error: wrongCount('yes') },
  { text: 'fallthrough a..b', error: 'zone is not a valid domain name: a..b' },
  { text: 'headles', error: "unknown property 'headles', did you mean 'headless'?" },
  { text: 'upstream', error: "unknown property 'upstream'" },
].map(({ text, error }) => ({
  title: text,
  corefile: `. {\nk8s_external {\n${text}\n}\nkubernetes cluster.local\n}\n`,
  error,
}))

const wrongBlocks = [
  {
    title: 'a block without kubernetes',
    corefile: 'example.org {\n\nk8s_external\n}\n',
    error: 'kubernetes plugin not loaded',
  },
  {
    title: 'kubernetes in another block',
    corefile: 'example.org {\n\nk8s_external\n}\ncluster.local {\nkubernetes\n}\n',
    error: 'kubernetes plugin not loaded',
  },
  {
    title: 'twice in a block (CoreDNS: the last one counts)',
    corefile: '. {\nk8s_external a.test\nk8s_external b.test\nkubernetes cluster.local\n}\n',
    error: 'this plugin can only be used once per Server Block',
  },
  {
    title: 'a zone that is none',
    corefile: '. {\n\nk8s_external a..b\nkubernetes cluster.local\n}\n',
    error: 'zone is not a valid domain name: a..b',
  },
  {
    title: 'a zone with no room for the names of its SOA record',
    corefile: `. {\n\nk8s_external ${longZone}\nkubernetes cluster.local\n}\n`,
    error: `zone ${longZone} has 241 octets, at most 240 may be`,
  },
]

describe('k8s_external: setup refuses', () => {
  for (const { title, corefile, error } of [...wrong, ...wrongBlocks]) {
    it(`${title}: ${error}`, () => {
      expect(() => buildCorefile(corefile))
        .to.throw()
        .with.property('message', `plugin/k8s_external: Corefile:3 - Error during parsing: ${error}`)
    })
  }
})
