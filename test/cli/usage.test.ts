import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { run, shop } from './run.ts'

const commands = ['serve', 'check', 'names', 'query'] as const
const inputOptions = ['--file', '--conf', '--zone', '--service-cidr', '--pod-cidr']

describe('help', () => {
  it('of the program names every command', async () => {
    const { code, out, err } = await run('--help')
    expect({ code, err }).to.deep.equal({ code: 0, err: '' })
    for (const command of commands) expect(out).to.include(`\n  ${command} `)
  })

  const own = {
    serve: ['--listen', '--log-level', '--kubeconfig', '--context'],
    check: [],
    names: ['--json'],
    query: ['<name>', '[type]'],
  } as const
  for (const command of commands) {
    for (const args of [
      [command, '--help'],
      [command, '-h'],
      ['help', command],
    ]) {
      it(`cluster-dns ${args.join(' ')}`, async () => {
        const { code, out, err } = await run(...args)
        expect({ code, err }).to.deep.equal({ code: 0, err: '' })
        expect(out).to.match(new RegExp(`^Usage: cluster-dns ${command} `))
        for (const option of [...inputOptions, ...own[command]]) expect(out).to.include(option)
      })
    }
  }

  it('says defaults as a user would write them', async () => {
    const { out } = await run('serve', '--help')
    expect(out).to.not.match(/\[\]|undefined|cluster\.local\./)
    for (const value of ['127.0.0.1:1053', '10.96.0.0/12', '10.244.0.0/16', 'cluster.local)'])
      expect(out).to.include(value)
  })

  it('is shown, as a mistake, where there is no command', async () => {
    const { code, out, err } = await run()
    expect({ code, out }).to.deep.equal({ code: 2, out: '' })
    expect(err).to.match(/^Usage: cluster-dns /)
  })
})

describe('--version', () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
  for (const option of ['--version', '-V']) {
    it(`${option} prints that of the package`, async () => {
      expect(await run(option)).to.deep.equal({ code: 0, out: version, err: '' })
    })
  }
})

const mistakes: readonly { title: string; args: readonly string[]; says: string }[] = [
  { title: 'an unknown command', args: ['bogus'], says: "unknown command 'bogus'" },
  { title: 'a misspelt command', args: ['quary'], says: '(Did you mean query?)' },
  { title: 'an unknown option', args: ['serve', '--bogus'], says: "unknown option '--bogus'" },
  { title: 'a misspelt option', args: ['serve', '--listn', 'x'], says: '(Did you mean --listen?)' },
  {
    title: 'an option of another command',
    args: ['check', '--listen', '127.0.0.1:0'],
    says: "unknown option '--listen'",
  },
  { title: 'an option without its value', args: ['serve', '-f'], says: "option '-f, --file <path>' argument missing" },
  { title: 'a word too many', args: ['serve', 'x', '-f', shop], says: 'too many arguments' },
  { title: '--conf and --zone together', args: ['serve', '--conf', 'x', '--zone', 'y'], says: 'cannot be used with' },
  {
    title: '--kubeconfig and -f together',
    args: ['serve', '--kubeconfig', 'x', '-f', shop],
    says: "option '--kubeconfig <file>' cannot be used with option '-f, --file <path>'",
  },
  {
    title: '--context alone',
    args: ['serve', '--context', 'x'],
    says: '--context names a context of a kubeconfig: give one with --kubeconfig',
  },
  {
    title: '--context with manifests',
    args: ['serve', '--context', 'x', '-f', shop],
    says: '--context names a context of a kubeconfig: give one with --kubeconfig',
  },
  { title: 'an empty path of a kubeconfig', args: ['serve', '--kubeconfig', ''], says: 'expected a path' },
  ...(['check', 'names'] as const).map((command) => ({
    title: `${command} of a cluster`,
    args: [command, '--kubeconfig', 'x'],
    says: "unknown option '--kubeconfig'",
  })),
  { title: 'an empty path', args: ['check', '-f', ''], says: 'expected a path' },
  { title: 'an empty Corefile path', args: ['check', '--conf', ''], says: 'expected a path' },
  {
    title: 'an unknown log level',
    args: ['serve', '-f', shop, '--log-level', 'loud'],
    says: 'Allowed choices are debug',
  },
  ...commands.map((command) => ({
    title: `${command} of nothing`,
    args: command === 'query' ? [command, 'a.b'] : [command],
    says: 'there is nothing to read: give manifests with -f, or a Corefile with --conf',
  })),
  ...[
    '',
    ':53',
    '53',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:dns',
    '127.0.0.1:65536',
    '127.0.0.1:-1',
    '127.1:53',
    'localhost:53',
    '::1:53',
    '[127.0.0.1]:53',
    '[::1]',
    '[::1]:',
    '256.0.0.1:53',
  ].map((at) => ({
    title: `--listen '${at}'`,
    args: ['serve', '-f', shop, '--listen', at],
    says: 'expected ADDR:PORT, such as 127.0.0.1:1053',
  })),
  ...[
    '',
    '..',
    'a..b',
    'ünix.local',
    'a b',
    'a#b',
    '{$HOME}',
    'dns://a',
    'a:53',
    '10.0.0.0/8',
    `${'x'.repeat(64)}.local`,
    '10.in-addr.arpa',
    'ip6.arpa',
  ].map((zone) => ({
    title: `--zone '${zone}'`,
    args: ['names', '-f', shop, '--zone', zone],
    says: 'expected a domain name that is no reverse zone, such as cluster.local',
  })),
  ...['--service-cidr', '--pod-cidr'].flatMap((option) =>
    ['', '10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'fd00::/129', 'x/8', '10.0.0.0/'].map((cidr) => ({
      title: `${option} '${cidr}'`,
      args: ['check', '-f', shop, option, cidr],
      says: 'expected an address range, such as 10.96.0.0/12',
    })),
  ),
  { title: 'query without a name', args: ['query', '-f', shop], says: "missing required argument 'name'" },
  ...['', 'a..b', '.a', 'x'.repeat(64), 'ünix', `${'x.'.repeat(128)}`].map((name) => ({
    title: `query '${name.slice(0, 12)}'`,
    args: ['query', name, '-f', shop],
    says: 'is no domain name: ',
  })),
  ...['', 'AAAAA', 'TYPE', 'TYPE65536', 'TYPE-1', '1', 'A,AAAA'].map((type) => ({
    title: `query for type '${type}'`,
    args: ['query', 'a.b', type, '-f', shop],
    says: 'expected a record type, such as A, SRV or TYPE65',
  })),
]

describe('wrong usage', () => {
  for (const { title, args, says } of mistakes) {
    it(`${title}: exit code 2, and a hint`, async () => {
      const { code, out, err } = await run(...args)
      expect(code).to.equal(2)
      expect(out).to.equal('')
      expect(err).to.include(says)
      expect(err)
        .to.match(/^error: /)
        .and.match(/\n\(--help tells more\)$/)
    })
  }
})
