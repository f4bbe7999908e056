import type { Peer } from './peer.ts'
import { startPeer } from './process.ts'

/**
 * Our own server, the bundle that users get, with one of the fillings of its UDP interface.
 *
 * @param server the program and its first arguments, up to where `serve` stands
 */
export function ours(filling: 'batched' | 'dgram', server: readonly string[]): Peer {
  return {
    name: filling,
    title: `cluster-dns, --udp ${filling}, Node.js ${process.versions.node}`,
    missing: undefined,
    start(site) {
      const { manifests, host, port } = site
      return startPeer([...server, 'serve', '-f', manifests, '--listen', `${host}:${port}`, '--udp', filling], site)
    },
  }
}
