import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder of files that a suite's tests may change. */
export interface TestFolder {
  path(...names: readonly string[]): string
  read(name: string): string
  write(name: string, text: string): void
  /** As an editor saves: into a new file, which then takes the place of the old one. */
  replace(name: string, text: string): void
  /** What was said, with the folder's own path left out. */
  relative(text: string): string
}

/** Writes the files before each test, and takes them away behind it. */
export function testFolder(files: Readonly<Record<string, string>>): TestFolder {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cluster-dns-e2e-'))
    for (const [name, text] of Object.entries(files)) write(name, text)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const path = (...names: readonly string[]): string => join(folder, ...names)
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true })
    writeFileSync(path(name), text)
  }
  return {
    path,
    write,
    read: (name) => readFileSync(path(name), 'utf8'),
    replace(name, text) {
      write(`.${name}.new`, text)
      renameSync(path(`.${name}.new`), path(name))
    },
    relative: (text) => text.replaceAll(`${folder}/`, ''),
  }
}
