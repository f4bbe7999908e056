import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Message } from '../../src/dns/message.ts'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { freePorts } from '../support/ports.ts'
import { encodeQuery } from '../support/serve.ts'
import { until } from './program.ts'

/** Another server for the same zone. */
export interface Authority {
  readonly port: number
  ask(question: string, dnssecOk?: boolean): Promise<Message>
  /** Reads its zone file again. */
  reload(): void
  stop(): Promise<void>
}

export interface Site {
  readonly folder: string
  readonly zone: string
  /** Its path. */
  readonly file: string
  /** The port of a secondary on this machine, which may have the zone and is told of its changes. */
  readonly secondary?: number
}

export interface KnotSite extends Site {
  /** Signs the zone with keys of its own, and writes it so to its file. */
  readonly signs?: boolean
  /** Files of further zones, by their origins. */
  readonly more?: Readonly<Record<string, string>>
}

/** Knot DNS. */
export async function startKnot({
  folder,
  zone,
  file,
  signs = false,
  secondary,
  more = {},
}: KnotSite): Promise<Authority> {
  const [port] = await freePorts()
  const options = [
    'zonefile-load: whole',
    `zonefile-sync: ${signs ? 0 : -1}`,
    'journal-content: none',
    'semantic-checks: off',
    `dnssec-signing: ${signs ? 'on' : 'off'}`,
    ...(secondary === undefined ? [] : ['acl: other', 'notify: other']),
  ]
  const zones = Object.entries({ [zone]: file, ...more })
  return runKnot(
    { folder, zone, port },
    secondary,
    new Map(zones.map(([origin, path]) => [origin, [`file: ${path}`, ...options]])),
  )
}

export interface SecondarySite extends Pick<Site, 'folder' | 'zone'> {
  readonly port: number
  /** The port of the server on this machine that the zone comes from. */
  readonly primary: number
}

/** Knot DNS as a secondary; it is there once it has the zone. */
export function startKnotSecondary({ primary, ...site }: SecondarySite): Promise<Authority> {
  return runKnot(site, primary, new Map([[site.zone, ['master: other', 'acl: other', 'zonefile-sync: -1']]]))
}

/**
 * @param other the port of the server on this machine that zones and notifications are exchanged with
 * @param zones lines of the configuration by zone
 */
function runKnot(
  { folder, zone, port }: Omit<SecondarySite, 'primary'>,
  other: number | undefined,
  zones: ReadonlyMap<string, readonly string[]>,
): Promise<Authority> {
  const own = join(folder, `knot-${port}`)
  mkdirSync(own)
  const peer = `
remote:
  - id: other
    address: 127.0.0.1@${other}
acl:
  - id: other
    address: 127.0.0.1
    action: [transfer, notify]
`
  const config = `
server:
    rundir: ${own}
    listen: 127.0.0.1@${port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: ${own}
${other === undefined ? '' : peer}
zone:
${[...zones].map(([origin, lines]) => [`  - domain: ${origin}`, ...lines].join('\n    ')).join('\n')}
`
  writeFileSync(join(own, 'knot.conf'), config)
  return start('knotd', ['--config', join(own, 'knot.conf')], port, zone)
}

/** NSD. */
export async function startNsd({ folder, zone, file, secondary }: Site): Promise<Authority> {
  const [port] = await freePorts()
  const own = join(folder, `nsd-${port}`)
  mkdirSync(own)
  const config = `
server:
    server-count: 1
    rrl-ratelimit: 0
    ip-address: 127.0.0.1@${port}
    username: ""
    chroot: ""
    zonesdir: "${folder}"
    database: ""
    pidfile: "${join(own, 'nsd.pid')}"
    xfrdfile: "${join(own, 'xfrd.state')}"
    xfrdir: "${own}"
    zonelistfile: "${join(own, 'zone.list')}"
remote-control:
    control-enable: no
zone:
    name: ${zone}
    zonefile: "${file}"
${secondary === undefined ? '' : `    notify: 127.0.0.1@${secondary} NOKEY\n    provide-xfr: 127.0.0.1 NOKEY`}
`
  writeFileSync(join(own, 'nsd.conf'), config)
  return start('nsd', ['-d', '-c', join(own, 'nsd.conf')], port, zone)
}

async function start(command: string, args: readonly string[], port: number, zone: string): Promise<Authority> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text) => {
    said += text
  })
  let failure: string | undefined
  child.once('error', (error) => {
    failure = error.message
  })
  await until(async () => {
    if (failure !== undefined || child.exitCode !== null) throw new Error(`${command}: ${failure ?? said}`)
    return isServing(port, zone)
  }, `${command} to serve ${zone}: ${said}`)
  return {
    port,
    reload: () => child.kill('SIGHUP'),
    ask: (question, dnssecOk = false) => exchange(port, question, dnssecOk),
    stop: () => stop(child),
  }
}

async function isServing(port: number, zone: string): Promise<boolean> {
  try {
    const { rcode, answer } = await exchange(port, `${zone} SOA`, false, 200)
    return rcode === 0 && answer.length > 0
  } catch {
    return false
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill()
  await once(child, 'exit')
}

/** Asks a server on this machine over UDP. */
export async function exchange(port: number, question: string, dnssecOk = false, deadlineMs = 5000): Promise<Message> {
  const socket = createSocket('udp4')
  try {
    socket.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.send(encodeQuery(question, { edns: { dnssecOk, payloadSize: 4096 } }))
    const [octets] = await once(socket, 'message', { signal: AbortSignal.timeout(deadlineMs) })
    return decodeMessage(octets)
  } finally {
    socket.close()
  }
}
