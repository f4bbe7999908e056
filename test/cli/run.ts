import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { main } from '../../src/cli/main.ts'
import { type TestIo, testIo } from '../support/cli-io.ts'

export const fixtures = join(import.meta.dirname, '../../fixtures')
export const shop = join(fixtures, 'shop')

/** What a command line has said, and how it ended. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs one command line in this process. */
export async function run(...args: readonly string[]): Promise<Ran> {
  const started = start(...args)
  const code = await started.ended
  return { code, out: started.out.join('\n'), err: started.err.join('\n') }
}

/** A command line that may go on until it is stopped. */
export interface Running extends TestIo {
  readonly ended: Promise<number>
}

export function start(...args: readonly string[]): Running {
  const started = testIo()
  return { ...started, ended: main(args, started.io) }
}

/** As `run`, with this on standard input. */
export function runWithInput(input: string, ...args: readonly string[]): Promise<Ran> {
  return withInput(input, () => run(...args))
}

/** Has this on standard input while something runs. */
export async function withInput<T>(input: string, act: () => Promise<T>): Promise<T> {
  const original = Object.getOwnPropertyDescriptor(process, 'stdin')
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from([input]) })
  try {
    return await act()
  } finally {
    if (original !== undefined) Object.defineProperty(process, 'stdin', original)
  }
}

/** A folder of files for the tests of one suite. */
export interface TestFolder {
  path(name: string): string
  /** What was said, with the folder's own path left out. */
  relative(text: string): string
}

/** Writes the files before the suite's tests, and takes them away behind them. */
export function testFolder(files: Readonly<Record<string, string>>): TestFolder {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'cluster-dns-test-'))
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
  })
  after(() => rmSync(folder, { recursive: true, force: true }))
  return {
    path: (name) => join(folder, name),
    relative: (text) => text.replaceAll(`${folder}/`, '').replaceAll(folder, '.'),
  }
}
