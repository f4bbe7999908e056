import { openBatchedWith } from './batched.ts'
import { openDgram } from './dgram.ts'
import { type Libc, loadLibc, NoBatchedUdpError } from './libc.ts'
import { requireBatches } from './open-socket.ts'
import type { OpenUdp } from './socket.ts'

/** What may be asked for: `auto` is `batched` where that can be had, else `dgram`. */
export const udpModes = ['auto', 'batched', 'dgram'] as const
export type UdpMode = (typeof udpModes)[number]

/** The filling of the UDP interface in use. */
export interface ChosenUdp {
  readonly open: OpenUdp
  /** Which one it is and, where it is not the one wished for, why: for the log. */
  readonly description: string
}

/**
 * Chooses a filling of the UDP interface, once, at start.
 *
 * @param load as `loadLibc`
 * @throws NoBatchedUdpError `batched` is asked for
 */
export async function chooseUdp(mode: UdpMode, load: () => Promise<Libc> = loadLibc): Promise<ChosenUdp> {
  if (mode === 'dgram') return { open: openDgram, description: 'node:dgram' }
  try {
    const libc = await load()
    requireBatches(libc)
    return { open: openBatchedWith(libc), description: 'recvmmsg and sendmmsg' }
  } catch (error) {
    if (mode === 'batched' || !(error instanceof NoBatchedUdpError)) throw error
    return { open: openDgram, description: `node:dgram (${error.message})` }
  }
}
