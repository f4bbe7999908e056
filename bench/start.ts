import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { rcodeName } from '../src/dns/iana.ts'
import type { Load } from './loads/load.ts'
import { encodeQuery, type Question } from './loads/question.ts'
import type { Peer, RunningPeer } from './peers/peer.ts'
import { freePort } from './peers/port.ts'
import type { Contender } from './round.ts'
import { ask } from './tools/ask.ts'

const host = '127.0.0.1'

/** How long a peer may take to read its cluster. */
const startMs = 120_000

/** How long one that already runs may take to answer. */
const externalMs = 2_000

/**
 * Starts a peer on a load's cluster, and waits until it answers the first question as expected.
 *
 * @returns a reason where an external peer does not answer so
 * @throws Error one of our own does not
 */
export async function startContender(
  peer: Peer,
  { expected }: Load,
  { folder, first }: { readonly folder: string; readonly first: Question | undefined },
): Promise<Contender | { readonly reason: string }> {
  const own = join(folder, `peer-${peer.name}`)
  mkdirSync(own)
  const running = await peer.start({
    host,
    port: await freePort(host),
    manifests: join(folder, 'manifests'),
    zoneFile: join(folder, 'zone'),
    folder: own,
  })
  if (first === undefined) throw new Error('a load asks something')
  const rcode = await firstRcode(peer, running, first)
  if (rcode === expected) return { peer, running, next: 0 }
  const reason = `expected ${expected} for ${first.name} ${first.type}, got ${rcode ?? 'no answer'}`
  await running.stop()
  if (peer.isExternal) return { reason }
  throw new Error(`${peer.name}: ${reason}\n${running.lines.join('\n')}`)
}

async function firstRcode(peer: Peer, running: RunningPeer, first: Question): Promise<string | undefined> {
  const query = encodeQuery(first)
  const until = performance.now() + (peer.isExternal ? externalMs : startMs)
  while (performance.now() < until) {
    const answer = await ask(running, query, 0)
    if (answer !== undefined) return rcodeName(answer.rcode)
    running.pids() // Throws as soon as it has ended, with what it said.
  }
  return undefined
}
