import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zone } from '../cluster/plan.ts'
import { versionOf } from '../command.ts'
import type { Peer, Site } from './peer.ts'
import { startPeer } from './process.ts'

/** NSD, with one server process. */
export function nsd(): Peer {
  const version = versionOf('nsd', '-v')
  return {
    name: 'nsd',
    title: `NSD ${version}`,
    missing: version === undefined ? 'nsd is not installed: apt-get install nsd' : undefined,
    start(site) {
      const file = join(site.folder, 'nsd.conf')
      writeFileSync(file, configuration(site))
      return startPeer(['nsd', '-d', '-c', file], site)
    },
  }
}

/** `database: ""`: the zone is read from its file, and lives in memory. Its rate limit, on by default, would truncate a load. */
function configuration({ host, port, folder, zoneFile }: Site): string {
  return `server:
    server-count: 1
    rrl-ratelimit: 0
    ip-address: ${host}@${port}
    username: ""
    chroot: ""
    zonesdir: "${folder}"
    database: ""
    pidfile: "${join(folder, 'nsd.pid')}"
    xfrdfile: "${join(folder, 'xfrd.state')}"
    xfrdir: "${folder}"
    zonelistfile: "${join(folder, 'zone.list')}"
remote-control:
    control-enable: no
zone:
    name: ${zone}
    zonefile: "${zoneFile}"
`
}
