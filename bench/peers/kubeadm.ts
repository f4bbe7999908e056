import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { outsideZone, outsideZoneLines } from '../cluster/outside.ts'
import { versionOf } from '../command.ts'
import { knotConfiguration } from './knot.ts'
import type { Peer, RunningPeer, Site } from './peer.ts'
import { freePort } from './port.ts'
import { startPeer } from './process.ts'

/**
 * Our own server with the Corefile that kubeadm writes, in front of Knot DNS as the upstream.
 *
 * The upstream is on the same core and its time is not counted: what is asked of it is asked once in a cache time.
 *
 * @param server the program and its first arguments, up to where `serve` stands
 */
export function kubeadm(server: readonly string[]): Peer {
  const upstream = versionOf('knotd', '--version')
  return {
    name: 'kubeadm',
    title: `cluster-dns with kubeadm's Corefile, Node.js ${process.versions.node}`,
    missing: upstream === undefined ? 'knotd, its upstream, is not installed: apt-get install knot' : undefined,
    async start(site) {
      const knot = await startUpstream(site)
      const { manifests, host, port, folder } = site
      const corefile = join(folder, 'Corefile')
      writeFileSync(
        corefile,
        corefileOf(port, knot.port, [await freePort(host), await freePort(host), await freePort(host)]),
      )
      const own = await startPeer(
        [...server, 'serve', '-f', manifests, '--conf', corefile, '--listen', `${host}:${port}`],
        site,
      )
      return {
        ...own,
        pids: () => own.pids(),
        async stop() {
          await own.stop()
          await knot.stop()
        },
      }
    },
  }
}

async function startUpstream(site: Site): Promise<RunningPeer> {
  const { host, folder } = site
  const port = await freePort(host)
  const zoneFile = join(folder, 'outside.zone')
  writeFileSync(zoneFile, outsideZoneLines().join('\n').concat('\n'))
  const file = join(folder, 'upstream.conf')
  writeFileSync(file, knotConfiguration({ host, port, folder, zoneFile }, outsideZone))
  return startPeer(['knotd', '--config', file], { host, port })
}

/** kubeadm's since 1.32, but for the ports and the upstream, so that it runs beside others. */
function corefileOf(
  port: number,
  upstream: number,
  [health, ready, metrics]: readonly [number, number, number],
): string {
  return `.:${port} {
    errors
    health 127.0.0.1:${health} {
       lameduck 0s
    }
    ready 127.0.0.1:${ready}
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus 127.0.0.1:${metrics}
    forward . 127.0.0.1:${upstream} {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`
}
