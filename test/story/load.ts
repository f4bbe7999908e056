import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What dnsperf has to say of a whole run. */
export interface LoadResult {
  readonly sent: number
  readonly lost: number
}

/**
 * Load from the real dnsperf, over UDP, of the questions of a file again and again.
 *
 * It does not look at the answers: the prober does.
 */
export async function load(port: number, file: string, { seconds, perSecond }: LoadOptions): Promise<LoadResult> {
  const rate = ['-l', String(seconds), '-Q', String(perSecond)]
  const child = spawn('dnsperf', ['-s', '127.0.0.1', '-p', String(port), '-d', file, ...rate], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  child.stdout.on('data', (data) => {
    text += data
  })
  child.stderr.on('data', (data) => {
    text += data
  })
  await once(child, 'close')
  return { sent: numberOf(/Queries sent:\s+(\d+)/, text), lost: numberOf(/Queries lost:\s+(\d+)/, text) }
}

export interface LoadOptions {
  readonly seconds: number
  readonly perSecond: number
}

function numberOf(pattern: RegExp, text: string): number {
  const [, found] = pattern.exec(text) ?? []
  if (found === undefined) throw new Error(`dnsperf said:\n${text}`)
  return Number(found)
}
