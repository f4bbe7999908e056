import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Whether C can be compiled here. */
export function hasCompiler(): boolean {
  return spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0
}

/**
 * Compiles one of bench/native into `folder`.
 *
 * @returns the program
 */
export function compile(name: 'echo' | 'load', folder: string): string {
  const program = join(folder, name)
  execFileSync('cc', ['-O2', '-Wall', '-o', program, join(import.meta.dirname, 'native', `${name}.c`)])
  return program
}
