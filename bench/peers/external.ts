import { processTree } from '../cpu.ts'
import type { Peer } from './peer.ts'

/** A server that already runs, and that nobody here starts, stops or pins to a core. */
export interface ExternalPeer {
  readonly name: string
  readonly host: string
  readonly port: number
  /** Without it there is no CPU time to tell. */
  readonly pid?: number
}

/** Reads `NAME=HOST:PORT[,PID]`; undefined: it is none. */
export function parseExternal(text: string): ExternalPeer | undefined {
  const match = /^([\w.-]+)=(\d+\.\d+\.\d+\.\d+):(\d+)(?:,(\d+))?$/.exec(text)
  if (match === null) return undefined
  const [, name = '', host = '', port, pid] = match
  return { name, host, port: Number(port), ...(pid === undefined ? {} : { pid: Number(pid) }) }
}

export function external({ name, host, port, pid }: ExternalPeer): Peer {
  return {
    name,
    title: `${name} at ${host}:${port}, as it was running`,
    missing: undefined,
    isExternal: true,
    async start() {
      return { host, port, lines: [], pids: () => (pid === undefined ? [] : processTree(pid)), stop: async () => {} }
    },
  }
}
