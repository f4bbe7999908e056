/**
 * bench/changes: a cluster that changes while it is asked.
 *
 * writer.ts is the process that changes it. Start here.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { filesOfChanging, objectsPerChange } from '../cluster/manifests.ts'
import { type ClusterPlan, changingAddress, changingName, servicesDomain } from '../cluster/plan.ts'
import { encodeQuery } from '../loads/question.ts'
import type { RunningPeer } from '../peers/peer.ts'
import { pinned } from '../pin.ts'
import { ask } from '../tools/ask.ts'

/** What the writer says at its end. */
export interface Written {
  /** Since the files were first written, by this writer and those before it. */
  readonly writes: number
  readonly objects: number
  readonly seconds: number
}

/** What came of the changes of one run. */
export interface Changes {
  readonly objectsPerSecond: number
  /** How often the server read its files anew; it takes in all that has changed by then. */
  readonly reloadsPerSecond: number
  /** From the end of the writing to the answer that has the last address. */
  readonly visibleAfterMs: number
}

/** How long the last change may take to be seen. */
const deadlineMs = 20_000

/** Changes one cluster's files, again and again. */
export class Changer {
  readonly #folder: string
  readonly #plan: ClusterPlan
  #writes = 0

  constructor(folder: string, plan: ClusterPlan) {
    this.#folder = folder
    this.#plan = plan
  }

  /**
   * Changes the cluster while `work` is done; the writer is on the core of the load.
   *
   * @throws Error the last change does not come to be seen
   */
  async during<T>(
    peer: RunningPeer,
    work: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly changes: Changes }> {
    const reloadsBefore = reloadsOf(peer)
    const script = join(import.meta.dirname, 'writer.ts')
    const args = [process.execPath, script, this.#folder, JSON.stringify(this.#plan), String(this.#writes)]
    const [program = '', ...rest] = pinned('load', args)
    const writer = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface({ input: writer.stdout })
    await once(lines, 'line')
    const last = once(lines, 'line')
    let result: T
    try {
      result = await work()
    } finally {
      writer.kill('SIGTERM')
    }
    const { writes, objects, seconds } = JSON.parse(String(await last)) as Written
    this.#writes = writes
    const visibleAfterMs = await this.#timeToSee(peer)
    const reloads = reloadsOf(peer) - reloadsBefore
    const changes = { objectsPerSecond: objects / seconds, reloadsPerSecond: reloads / seconds, visibleAfterMs }
    return { result, changes }
  }

  /** Asks for the address that was written last until it is the answer. */
  async #timeToSee(peer: RunningPeer): Promise<number> {
    const files = filesOfChanging(this.#plan)
    const last = this.#writes - 1
    const number = (last % files) * objectsPerChange
    const address = changingAddress(this.#plan, number, Math.floor(last / files) + 1)
    const query = encodeQuery({ name: `${changingName(number)}.${servicesDomain}`, type: 'A' })
    const started = performance.now()
    while (performance.now() < started + deadlineMs) {
      const rrsets = (await ask(peer, query, deadlineMs))?.answer ?? []
      if (rrsets.some(({ rdata }) => rdata.some((each) => 'address' in each && each.address === address))) {
        return performance.now() - started
      }
      await setTimeout(5)
    }
    throw new Error(`the last change is not seen: expected ${changingName(number)} to have ${address}`)
  }
}

/** Our server logs each time that it has read changed files. */
function reloadsOf({ lines }: RunningPeer): number {
  return lines.filter((line) => line.includes('manifests: changed')).length
}
