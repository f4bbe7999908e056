import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A server in a process of its own. */
export interface ServerProcess {
  readonly pid: number
  readonly udpPort: number
  readonly tcpPort: number
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>
}

/**
 * Starts a server and waits until both of its sockets are open.
 *
 * @param command the program and its arguments: `serve`, on one address
 * @throws Error it ended before it listened, with what it said
 */
export async function startServer(command: readonly string[]): Promise<ServerProcess> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ports = await listeningPorts(child)
  return {
    pid: child.pid ?? 0,
    udpPort: ports.udp,
    tcpPort: ports.tcp,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** Reads `listening on udp 127.0.0.1:1053` and its like for TCP, on whichever stream, and goes on reading: a full pipe would stop the server. */
function listeningPorts(child: ChildProcess): Promise<{ udp: number; tcp: number }> {
  return new Promise((resolve, reject) => {
    const said: string[] = []
    const ports = new Map<string, number>()
    const read = (line: string): void => {
      const [, transport, port] = /listening on (udp|tcp) \S+:(\d+)/.exec(line) ?? []
      if (transport !== undefined) ports.set(transport, Number(port))
      const [udp, tcp] = [ports.get('udp'), ports.get('tcp')]
      if (udp !== undefined && tcp !== undefined) resolve({ udp, tcp })
      else said.push(line)
    }
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', read)
    }
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(new Error(`the server ended with ${code} before it listened:\n${said.join('\n')}`)),
    )
  })
}
