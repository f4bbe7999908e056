import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Peer } from './peer.ts'
import { startPeer } from './process.ts'

/** What a server in Node.js does as a matter of course: the UDP server of the package dns2, and a Map. */
export function dns2(): Peer {
  return {
    name: 'dns2',
    title: `bare server of dns2 ${dns2Version()}, Node.js ${process.versions.node}`,
    missing: undefined,
    start(site) {
      const script = join(import.meta.dirname, 'dns2-server.ts')
      return startPeer([process.execPath, script, site.host, String(site.port), site.zoneFile], site)
    },
  }
}

function dns2Version(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('dns2'))
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  return version
}
