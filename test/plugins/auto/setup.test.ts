import { expect } from 'chai'
import { noOffers } from '../../../src/plugin/offers.ts'
import type { SetupContext } from '../../../src/plugin/setup.ts'
import { readConfig, setupAuto } from '../../../src/plugins/auto/setup.ts'
import { memoryFiles } from '../../support/memory-files.ts'
import { serveManifests } from '../../support/serve.ts'
import { onlyDirective, testSetup, wrongCount } from '../../support/setup.ts'

describe('auto: setup', () => {
  testSetup([
    { text: 'auto {\ndirectory zones\n}' },
    { text: 'auto example.org 10.0.0.0/24 {\ndirectory zones (.*) {1}.example\nreload 0\nupstream 8.8.8.8 1.1.1.1\n}' },
    { text: 'auto {\ndirectory zones\nupstream\n}' },
    { text: 'auto', error: "'directory' is required" },
    { text: 'auto {\n}', error: "'directory' is required" },
    { text: 'auto a..b {\ndirectory zones\n}', error: 'zone is not a valid domain name: a..b' },
    { text: 'auto {\ndirectory\n}', line: 4, error: wrongCount('directory') },
    {
      text: 'auto {\ndirectory zones * {1}\n}',
      line: 4,
      error: 'error parsing regexp: missing argument to repetition operator: `*`',
    },
    { text: 'auto {\ndirectory zones ab {1}\n}', line: 4, error: 'Need at least one sub expression' },
    { text: 'auto {\ndirectory zones (ab)\n}', line: 4, error: wrongCount('(ab)') },
    { text: 'auto {\ndirectory zones (ab) {1} x\n}', line: 4, error: wrongCount('x') },
    { text: `auto {\ndirectory zones (${'a'.repeat(9_999)}) {1}\n}`, line: 4, error: 'regexp too large' },
    { text: `auto {\ndirectory zones (${'a'.repeat(9_998)}) {1}\n}` },
    { text: 'auto {\ndirectory zones\nreload\n}', line: 5, error: 'reload duration value is expected' },
    { text: 'auto {\ndirectory zones\nreload -1s\n}', line: 5, error: 'invalid duration' },
    { text: 'auto {\ndirectory zones\nreload 30\n}', line: 5, error: 'time: missing unit in duration "30"' },
    { text: 'auto {\ndirectory zones\nreload 1s 2s\n}', line: 5, error: wrongCount('2s') },
    {
      text: 'auto {\ndirectory zones\nno_reload\n}',
      line: 5,
      error: "unknown property 'no_reload', did you mean 'reload'?",
    },
    {
      text: 'auto {\ndirectory zones\n}\nauto {\ndirectory zones\n}',
      line: 6,
      error: 'this plugin can only be used once per Server Block',
    },
  ])

  const defaults = {
    within: ['example.net.'],
    folder: 'zones',
    pattern: 'db\\.(.*)',
    template: '{1}',
    reloadMs: 60_000,
  }
  const configs = [
    { text: 'auto {\ndirectory zones\n}', config: {} },
    { text: 'auto {\ndirectory zones\nreload 0\n}', config: { reloadMs: 0 } },
    { text: 'auto {\ndirectory zones\nreload 45s\n}', config: { reloadMs: 45_000 } },
    {
      text: 'auto Example.ORG b.test {\ndirectory /etc/zones ^(.*)-(.*)\\.zone$ {2}.{1}.x\n}',
      config: {
        within: ['example.org.', 'b.test.'],
        folder: '/etc/zones',
        pattern: '^(.*)-(.*)\\.zone$',
        template: '{2}.{1}.x',
      },
    },
  ]
  for (const { text, config } of configs) {
    it(`reads: ${text.replaceAll('\n', ' ; ')}`, () => {
      const { serverBlock, directive } = onlyDirective(`example.net {\n${text}\n}`)
      const { pattern, ...read } = readConfig(directive, { serverBlock, offers: noOffers() })
      expect({ ...read, pattern: pattern.source }).to.deep.equal({ ...defaults, ...config })
    })
  }

  it('reads a folder below the root of the block', () => {
    const { serverBlock, directive } = onlyDirective('example.net {\nauto {\ndirectory zones\n}\n}')
    const offers = { ...noOffers(), root: '/etc/coredns' }
    expect(readConfig(directive, { serverBlock, offers }).folder).to.equal('/etc/coredns/zones')
  })

  it('refuses a folder that nobody may look at', () => {
    const denied = () => {
      throw new Error('permission denied')
    }
    const { serverBlock, directive } = onlyDirective('. {\nauto {\ndirectory /secret\n}\n}')
    const context: Partial<SetupContext> = {
      serverBlock,
      offers: noOffers(),
      files: { ...memoryFiles({}), stat: denied },
    }
    expect(() => setupAuto([directive], context as SetupContext)).to.throw(
      "Corefile:2 - Error during parsing: Unable to access root path '/secret': permission denied",
    )
  })

  it('says that a folder is missing, and waits for it', () => {
    expect(serveManifests('', '. {\nauto {\ndirectory gone\n}\n}').lines).to.deep.equal([
      '[WARNING] plugin/auto: Directory does not exist: gone',
      '[WARNING] plugin/auto: error reading gone: lstat gone: no such file or directory',
    ])
  })
})
