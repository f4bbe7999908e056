import { spawnSync } from 'node:child_process'

/** Whether a program is installed, whatever it says to `args`. */
export function isInstalled(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).error === undefined
}

/** The first version number that a program prints; undefined where it is not installed or prints none. */
export function versionOf(program: string, ...args: readonly string[]): string | undefined {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return /\d+\.\d+(\.\d+)*/.exec(`${stdout ?? ''}${stderr ?? ''}`)?.[0]
}
