import type { Peer } from './peer.ts'
import { startPeer } from './process.ts'

/**
 * The limit: every datagram goes back as it came, with QR set.
 *
 * @param program what `compile` made of native/echo.c; undefined: there is no compiler
 */
export function echo(program: string | undefined): Peer {
  return {
    name: 'echo',
    title: 'bare echo in C, recvmmsg and sendmmsg',
    missing: program === undefined ? 'there is no C compiler: apt-get install gcc libc6-dev' : undefined,
    start: (site) => startPeer([program ?? '', site.host, String(site.port)], site),
  }
}
