import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { processTree } from '../cpu.ts'
import { pinned } from '../pin.ts'
import type { RunningPeer, Site } from './peer.ts'

/** How many of the last lines are kept. */
const keptLines = 10_000

/** Starts a peer on the server's core. It may not listen yet: who needs it waits for an answer. */
export async function startPeer(
  command: readonly string[],
  { host, port }: Pick<Site, 'host' | 'port'>,
): Promise<RunningPeer> {
  const [program = '', ...args] = pinned('server', command)
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    // Reading goes on to the end: a full pipe would stop the peer.
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      if (lines.length > keptLines) lines.shift()
    })
  }
  await once(child, 'spawn')
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
  return {
    host,
    port,
    lines,
    pids() {
      if (hasEnded()) throw new Error(`it ended:\n${lines.join('\n')}`)
      return processTree(child.pid ?? 0)
    },
    async stop() {
      if (hasEnded()) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}
