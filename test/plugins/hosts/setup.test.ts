import { expect } from 'chai'
import type { Files, SetupContext } from '../../../src/plugin/setup.ts'
import { setupHosts } from '../../../src/plugins/hosts/setup.ts'
import { silentLogger } from '../../../src/util/log.ts'
import { memoryFiles } from '../../support/memory-files.ts'
import { handlerOf } from '../../support/plugin.ts'
import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

const inBlock = (line: string, error?: string): SetupCase => ({
  text: `hosts {\n${line}\n}`,
  line: 4,
  ...(error !== undefined && { error }),
})

describe('hosts: setup', () => {
  testSetup([
    { text: 'hosts' },
    { text: 'hosts /no/such/file example.org 10.0.0.0/8' },
    { text: 'hosts {\n10.0.0.1 a.test\nttl 1\nno_reverse\nreload 0\nfallthrough_unsupported\nfallthrough a.test\n}' },
    inBlock('ttl 65535'),
    inBlock('reload 1h'),
    { text: 'hosts\nhosts', line: 4, error: 'this plugin can only be used once per Server Block' },
    { text: 'hosts /etc/hosts a..b', error: 'zone is not a valid domain name: a..b' },
    inBlock('ttl', 'ttl needs a time in second'),
    inBlock('ttl 5s', 'ttl needs a number of second'),
    inBlock('ttl 0', 'ttl provided is invalid'),
    inBlock('ttl -5', 'ttl provided is invalid'),
    inBlock('ttl 65536', 'ttl provided is invalid'),
    inBlock('reload', 'reload needs a duration (zero seconds to disable)'),
    inBlock('reload 5s 6s', 'reload needs a duration (zero seconds to disable)'),
    inBlock('reload 5', "invalid duration for reload '5'"),
    inBlock('reload -5s', "invalid negative duration for reload '-5s'"),
    inBlock('no_reverse x', wrongCount('x')),
    inBlock('fallthrough_unsupported x', wrongCount('x')),
    inBlock('fallthrough a..b', 'zone is not a valid domain name: a..b'),
    { text: 'hosts {\nfallthrough_unsupported\n}', error: 'fallthrough_unsupported requires fallthrough' },
    { text: 'hosts {\nfallthrough\n10.0.0.1 a.test\n}', line: 5, error: "unknown property '10.0.0.1'" },
    {
      text: 'hosts {\nfallthrough\nreloads 5s\n}',
      line: 5,
      error: "unknown property 'reloads', did you mean 'reload'?",
    },
  ])

  const setUp = (stat: Files['stat'], lines: string[] = []) => {
    const files: Files = { ...memoryFiles({}), stat, readText: () => '' }
    const log = { ...silentLogger, warning: (line: string) => lines.push(line) }
    const serverBlock = { file: 'Corefile', line: 1, keys: [], directives: [] }
    const context: Partial<SetupContext> = { files, log, serverBlock, invalidate: () => {} }
    return handlerOf(setupHosts, ['hosts /x'], context)
  }

  it('refuses a file that cannot be looked at', () => {
    const stat = () => {
      throw new Error('permission denied')
    }
    const message = "Corefile:1 - Error during parsing: unable to access hosts file '/x': permission denied"
    expect(() => setUp(stat))
      .to.throw()
      .with.property('message', message)
  })

  it('warns of a file that is a directory', () => {
    const lines: string[] = []
    setUp(() => ({ modifiedMs: 0, size: 0, isDirectory: true }), lines)
    expect(lines).to.deep.equal(['plugin/hosts: Hosts file "/x" is a directory'])
  })
})
