import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type ServerProcess, startServer } from '../../scripts/server-process.ts'
import { consoleExamples, type Example, wordsOf } from './console-blocks.ts'
import { normaliseDig } from './normalise.ts'

const root = join(import.meta.dirname, '../..')
const entry = join(root, process.env.CLUSTER_DNS_ENTRY ?? 'src/cli/main.ts')
const examples = consoleExamples(readFileSync(join(root, 'README.md'), 'utf8'))
const isDig = ({ command }: Example): boolean => command.startsWith('dig ')

describe('README.md', () => {
  let server: ServerProcess

  before(async () => {
    server = await startServer([
      process.execPath,
      entry,
      'serve',
      '-f',
      join(root, 'fixtures/shop'),
      '--listen',
      '127.0.0.1:0',
    ])
  })
  after(() => server.stop())

  it('shows at least ten digs', () => {
    expect(examples.filter(isDig)).to.have.length.of.at.least(10)
  })

  for (const example of examples) {
    it(`line ${example.line}: ${example.command}`, async () => {
      const printed = await run(example.command)
      if (isDig(example)) expect(normaliseDig(printed)).to.equal(normaliseDig(example.output))
      else expect(printed.trim()).to.equal(example.output)
    })
  }

  /** Runs a command of the page against the checkout, and returns all that it prints. */
  function run(command: string): Promise<string> {
    const [program, ...args] = wordsOf(command)
    if (program === 'dig')
      return execute(
        'dig',
        args.map((word) => (word === '1053' ? portFor(args) : word)),
      )
    if (program === 'cluster-dns') return execute(process.execPath, [entry, ...args])
    throw new Error(
      `only dig and cluster-dns can be checked in a console block; write '${command}' into one of another language`,
    )
  }

  function portFor(args: readonly string[]): string {
    return String(args.includes('+tcp') ? server.tcpPort : server.udpPort)
  }
})

/** Both streams, one after the other; an exit code is no failure here: a page may show what is refused. */
function execute(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd: root, timeout: 20_000 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error)
      else resolve(stdout + stderr)
    })
  })
}
