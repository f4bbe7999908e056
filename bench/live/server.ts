import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { RCODE } from '../../src/dns/iana.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { cpuTimeOf } from '../cpu.ts'
import { encodeQuery } from '../loads/question.ts'
import type { RunningPeer } from '../peers/peer.ts'
import { freePort } from '../peers/port.ts'
import { startPeer } from '../peers/process.ts'
import { type Memory, memoryOf } from './memory.ts'
import { openSocket } from './socket.ts'

const host = '127.0.0.1'

/** How often a server that starts is asked whether it answers. */
const askEveryMs = 5

/** How long a start may take. */
const startMs = 120_000

/** Where a server finds the API double, and where it is to listen. */
export interface LiveSite {
  readonly host: string
  readonly port: number
  readonly api: string
  readonly kubeconfig: string
  /** `kubernetes cluster.local` from the kubeconfig, on the port, and nothing else. */
  readonly corefile: string
}

/** What a start comes to. */
export interface Start {
  /** From the start of the process to the first right answer. */
  readonly readyMs: number
  /** Of it, what the server says that listing took; undefined: it says nothing. */
  readonly listMs?: number
  readonly cpuMs: number
  readonly memory: Memory
}

export interface Started {
  readonly running: RunningPeer
  readonly start: Start
}

/** Writes what a server of the double's cluster needs into `folder`. */
export async function prepareSite(folder: string, api: string): Promise<LiveSite> {
  const port = await freePort(host)
  const kubeconfig = join(folder, `kubeconfig-${port}`)
  const corefile = join(folder, `Corefile-${port}`)
  const named = (kind: string, content: object) => [{ name: 'double', [kind]: content }]
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: named('cluster', { server: api }),
    users: named('user', {}),
    contexts: named('context', { cluster: 'double', user: 'double' }),
    'current-context': 'double',
  }
  writeFileSync(kubeconfig, JSON.stringify(config)) // JSON is YAML
  const kubernetes = `    kubernetes cluster.local {\n        kubeconfig ${kubeconfig} double\n    }`
  writeFileSync(corefile, `.:${port} {\n    bind ${host}\n${kubernetes}\n}\n`)
  return { host, port, api, kubeconfig, corefile }
}

/**
 * Starts a server on the server's core, and asks it for a name until the answer is right.
 *
 * @throws Error it ends, or does not come to answer
 */
export async function startServer(
  command: readonly string[],
  site: Pick<LiveSite, 'host' | 'port'>,
  name: string,
): Promise<Started> {
  const began = performance.now()
  const running = await startPeer(command, site)
  const socket = await openSocket(site)
  const query = encodeQuery({ name, type: 'A' })
  try {
    let isRight = false
    socket.on('message', (octets) => {
      const { rcode, answer } = decodeMessage(octets)
      isRight ||= rcode === RCODE.NOERROR && answer.length > 0
    })
    while (!isRight) {
      running.pids() // Throws as soon as it has ended, with what it said.
      if (performance.now() > began + startMs) throw new Error(`it does not answer:\n${running.lines.join('\n')}`)
      socket.send(query)
      await setTimeout(askEveryMs)
    }
    const readyMs = performance.now() - began
    const { userMicros, systemMicros } = cpuTimeOf(running.pids())
    const start = { readyMs, cpuMs: (userMicros + systemMicros) / 1000, memory: memoryOf(running.pids()) }
    const listMs = listTimeOf(running.lines)
    return { running, start: listMs === undefined ? start : { ...start, listMs } }
  } catch (error) {
    await running.stop()
    throw error
  } finally {
    socket.close()
  }
}

/** `kubernetes: synced with URL in 1.6 s`, as our server logs it. */
export function listTimeOf(lines: readonly string[]): number | undefined {
  const found = lines.flatMap((line) => /kubernetes: synced with .* in (\d+(?:\.\d+)?) s$/.exec(line)?.[1] ?? [])
  return found[0] === undefined ? undefined : Number(found[0]) * 1000
}

/** The words of `--peer`'s command, with `{port}`, `{api}`, `{kubeconfig}` and `{corefile}` filled in. */
export function fillCommand(command: string, site: LiveSite): string[] {
  const words = command.match(/"[^"]*"|\S+/g) ?? []
  return words.map((word) =>
    word
      .replaceAll('"', '')
      .replace(/\{(host|port|api|kubeconfig|corefile)\}/g, (_, key: keyof LiveSite) => String(site[key])),
  )
}
