import { expect } from 'chai'
import { type Flag, parseFlags, usage } from '../../src/cli/flags.ts'

const flags: readonly Flag[] = [
  { name: 'conf', kind: 'string', help: 'Corefile to load' },
  { name: 'dns.port', kind: 'string', help: 'Default port', byDefault: '53' },
  { name: 'p', kind: 'string', help: 'Default port', byDefault: '53', aliasOf: 'dns.port' },
  { name: 'quiet', kind: 'switch', help: 'Quiet mode' },
]

const cases: readonly {
  readonly args: readonly string[]
  readonly values?: Readonly<Record<string, string>>
  readonly rest?: readonly string[]
  readonly message?: string
}[] = [
  { args: [] },
  { args: ['-conf', 'Corefile'], values: { conf: 'Corefile' } },
  { args: ['--conf', 'Corefile'], values: { conf: 'Corefile' } },
  { args: ['-conf=Corefile'], values: { conf: 'Corefile' } },
  { args: ['--conf=a=b'], values: { conf: 'a=b' } },
  { args: ['-conf='], values: { conf: '' } },
  { args: ['-conf', '-quiet'], values: { conf: '-quiet' } },
  { args: ['-conf', 'one', '-conf', 'two'], values: { conf: 'two' } },
  { args: ['-p', '1053'], values: { 'dns.port': '1053' } },
  { args: ['-p', '1053', '-dns.port', '2053'], values: { 'dns.port': '2053' } },
  { args: ['-dns.port', '2053', '-p=1053'], values: { 'dns.port': '1053' } },
  { args: ['-quiet'], values: { quiet: 'true' } },
  { args: ['--quiet=0'], values: { quiet: 'false' } },
  { args: ['-quiet=T'], values: { quiet: 'true' } },
  { args: ['-quiet', 'true'], values: { quiet: 'true' }, rest: ['true'] },
  { args: ['more', '-quiet'], rest: ['more', '-quiet'] },
  { args: ['-quiet', '--', '-conf', 'x'], values: { quiet: 'true' }, rest: ['-conf', 'x'] },
  { args: ['-', '-quiet'], rest: ['-', '-quiet'] },
  { args: ['-conf'], message: 'flag needs an argument: -conf' },
  { args: ['-config', 'x'], message: 'flag provided but not defined: -config' },
  { args: ['---conf'], message: 'bad flag syntax: ---conf' },
  { args: ['-=x'], message: 'bad flag syntax: -=x' },
  { args: ['-quiet=yes'], message: 'invalid boolean value "yes" for -quiet: parse error' },
]

describe('flags as Go reads them', () => {
  for (const { args, values = {}, rest = [], message } of cases) {
    it(args.join(' ') || 'none', () => {
      const parsed = parseFlags(args, flags)
      if (message !== undefined) expect(parsed).to.deep.equal({ kind: 'wrong', message })
      else expect(parsed).to.deep.equal({ kind: 'parsed', values: new Map(Object.entries(values)), rest })
    })
  }

  for (const arg of ['-h', '--h', '-help', '--help']) {
    it(`${arg} is help`, () => expect(parseFlags(['-quiet', arg], flags)).to.deep.equal({ kind: 'help' }))
  }

  it('have a usage', () => {
    expect(usage('coredns', flags).split('\n')).to.deep.equal([
      'Usage of coredns:',
      '  -conf string',
      '    \tCorefile to load',
      '  -dns.port string',
      '    \tDefault port (default "53")',
      '  -p string',
      '    \tDefault port (default "53")',
      '  -quiet',
      '    \tQuiet mode',
    ])
  })
})
