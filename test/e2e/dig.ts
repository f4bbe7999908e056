import { execFile } from 'node:child_process'

/** What dig printed of one response. Records have single blanks, in sorted order. */
export interface Dug {
  readonly status: string
  readonly flags: readonly string[]
  readonly answer: readonly string[]
  readonly authority: readonly string[]
  readonly additional: readonly string[]
  /** The whole output. */
  readonly text: string
}

/** Asks with the real dig; it fails where there is no response. */
export async function dig(port: number, ...args: readonly string[]): Promise<Dug> {
  const text = await digText(port, ...args)
  const section = (name: string): string[] => {
    const [, lines = ''] = new RegExp(`^;; ${name} SECTION:\\n((?:[^;\\n].*\\n)*)`, 'm').exec(text) ?? []
    const records = lines.split('\n').filter((line) => line !== '')
    return records.map((line) => line.replaceAll(/\s+/g, ' ')).sort()
  }
  return {
    status: /status: (\w+)/.exec(text)?.[1] ?? '',
    flags: /^;; flags: ([a-z ]*);/m.exec(text)?.[1]?.split(' ') ?? [],
    answer: section('ANSWER'),
    authority: section('AUTHORITY'),
    additional: section('ADDITIONAL'),
    text,
  }
}

/** All that dig prints; `args` may ask several things. */
export function digText(port: number, ...args: readonly string[]): Promise<string> {
  const server = args.some((arg) => arg.startsWith('@')) ? [] : ['@127.0.0.1']
  const all = ['-r', ...server, '-p', String(port), '+tries=1', '+time=10', ...args]
  return new Promise((resolve, reject) => {
    execFile('dig', all, (error, stdout) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`dig ${all.join(' ')}: ${stdout}`, { cause: error }))
    })
  })
}

/** The addresses, targets or whatever else a name has. */
export async function short(port: number, ...args: readonly string[]): Promise<string[]> {
  const text = await digText(port, '+short', ...args)
  return text
    .split('\n')
    .filter((line) => line !== '')
    .sort()
}
