import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zone } from '../cluster/plan.ts'
import { versionOf } from '../command.ts'
import type { Peer, Site } from './peer.ts'
import { startPeer } from './process.ts'

/** Knot DNS, with one worker of each kind and the zone in memory alone. */
export function knot(): Peer {
  const version = versionOf('knotd', '--version')
  return {
    name: 'knot',
    title: `Knot DNS ${version}`,
    missing: version === undefined ? 'knotd is not installed: apt-get install knot' : undefined,
    start(site) {
      const file = join(site.folder, 'knot.conf')
      writeFileSync(file, knotConfiguration(site, zone))
      return startPeer(['knotd', '--config', file], site)
    },
  }
}

/** @param name the zone that `zoneFile` has */
export function knotConfiguration({ host, port, folder, zoneFile }: Omit<Site, 'manifests'>, name: string): string {
  return `server:
    rundir: ${folder}
    listen: ${host}@${port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: ${folder}
zone:
  - domain: ${name}
    file: ${zoneFile}
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
`
}
