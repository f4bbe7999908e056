/**
 * upstream: exchanges with other DNS servers, over sockets.
 *
 * This file fills the contract of plugin/upstream.ts. A server that is asked over UDP, TCP or TLS has its connections
 * (udp.ts, stream.ts) in pools (pool.ts), each of them for one exchange at a time; https.ts is DNS over HTTPS. Start here.
 */
import { lookup } from 'node:dns/promises'
import type { Upstreams } from '../../plugin/upstream.ts'
import { UpstreamError } from '../../plugin/upstream.ts'
import { messageOf } from '../../util/errors.ts'
import type { Timer } from '../../util/timer.ts'
import { stopped } from './errors.ts'
import { HttpsUpstream } from './https.ts'
import { PooledUpstream } from './pooled.ts'
import { RandomIds } from './random.ts'
import { StreamConnection } from './stream.ts'

/** Other servers over the sockets of the system. */
export function socketUpstreams(timer: Timer): Upstreams {
  const ids = new RandomIds()
  return {
    open(options) {
      const by = options.secured?.by
      if (options.secured === undefined || by === undefined || by === 'tls') return new PooledUpstream(options, timer)
      return new HttpsUpstream({ ...options, ...options.secured, ...by }, timer)
    },
    async lookup(host) {
      try {
        const found = await lookup(host, { all: true, order: 'verbatim' })
        return found.map(({ address }) => address)
      } catch (error) {
        throw new UpstreamError(`lookup ${host}: ${lookupReason(error)}`, undefined, { cause: error })
      }
    },
    async receive(message, { at, connectMs, pauseMs, signal, take }) {
      const connection = new StreamConnection({ at, timer, ids })
      const close = () => connection.close()
      signal.addEventListener('abort', close)
      try {
        if (signal.aborted) throw stopped()
        await connection.open(connectMs)
        await connection.receive(message, pauseMs, take)
      } finally {
        signal.removeEventListener('abort', close)
        close()
      }
    },
  }
}

/** In Go's words, where it has some. */
function lookupReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOTFOUND' ? 'no such host' : messageOf(error)
}
