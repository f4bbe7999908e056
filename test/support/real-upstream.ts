import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Certificate } from './api-server/api-server.ts'

/** A DNS server of Debian's, on the loopback address, which asks nobody. */
export interface RealUpstream {
  readonly name: string
  readonly port: number
  start(): Promise<void>
  stop(): Promise<void>
}

/** Where servers that the system installs are, which is not in everyone's path. */
const path = `${process.env.PATH ?? ''}:/usr/sbin`

/** How long one may take to start. */
const deadlineMs = 20_000

/** What is served: too much for a UDP message, among others. */
export const bigText = Array.from({ length: 12 }, (_, index) => String(index % 10).repeat(250))

export interface UnboundOptions {
  /** For DNS over TLS on `tlsPort`, and DNS over HTTPS on `httpsPort`. */
  readonly certificate?: Certificate
  readonly tlsPort?: number
  readonly httpsPort?: number
}

/** Unbound, whose zone `example.` has records of ordinary and odd types. */
export function unbound(port: number, { certificate, tlsPort, httpsPort }: UnboundOptions = {}): RealUpstream {
  return server('unbound', port, (folder) => {
    const ports = [port, tlsPort, httpsPort].flatMap((each) => each ?? [])
    if (certificate !== undefined) {
      writeFileSync(join(folder, 'cert.pem'), certificate.cert)
      writeFileSync(join(folder, 'key.pem'), certificate.key)
    }
    const lines = [
      'server:',
      ...['username: ""', 'chroot: ""', 'pidfile: ""', 'use-syslog: no', 'do-daemonize: no', `directory: "${folder}"`],
      ...ports.map((each) => `interface: 127.0.0.1@${each}`),
      `port: ${port}`,
      ...(certificate === undefined ? [] : ['tls-service-pem: "cert.pem"', 'tls-service-key: "key.pem"']),
      ...(tlsPort === undefined ? [] : [`tls-port: ${tlsPort}`]),
      ...(httpsPort === undefined ? [] : [`https-port: ${httpsPort}`]),
      ...['local-zone: "example." static', 'minimal-responses: no', 'num-threads: 1'],
      ...zone.map((record) => `local-data: '${record}'`),
    ]
    writeFileSync(join(folder, 'unbound.conf'), `${lines.join('\n')}\n`)
    return ['-d', '-c', join(folder, 'unbound.conf')]
  })
}

const digest = 'AB'.repeat(32)
const zone = [
  'example. 3600 IN SOA ns.example. root.example. 1 7200 1800 86400 300',
  'example. 3600 IN NS ns.example.',
  'example. 300 IN MX 10 mail.example.',
  'www.example. 300 IN A 192.0.2.80',
  'www.example. 300 IN A 192.0.2.81',
  'www.example. 300 IN AAAA 2001:db8::80',
  '_http._tcp.example. 300 IN SRV 10 20 80 www.example.',
  'caa.example. 300 IN CAA 0 issue "ca.example"',
  'odd.example. 300 IN TYPE65280 \\# 4 01020304',
  `key.example. 300 IN DS 12345 8 2 ${digest}`,
  `_443._tcp.www.example. 300 IN TLSA 3 1 1 ${digest}`,
  'www.example. 300 IN HTTPS 1 . alpn=h2',
  `big.example. 300 IN TXT ${bigText.map((text) => `"${text}"`).join(' ')}`,
]

/** dnsmasq, with much the same; where it does not fork (`--no-daemon`) an idle TCP connection would keep it from all else. */
export function dnsmasq(port: number): RealUpstream {
  return server('dnsmasq', port, () => [
    ...[
      '--keep-in-foreground',
      '--log-facility=-',
      '--conf-file=/dev/null',
      '--pid-file=',
      '--no-resolv',
      '--no-hosts',
      '--local=/example/',
    ],
    ...['--listen-address=127.0.0.1', '--bind-interfaces', `--port=${port}`, '--local-ttl=300'],
    ...['--host-record=www.example,192.0.2.80,2001:db8::80', '--cname=alias.example,www.example'],
    ...['--mx-host=example,mail.example,10', '--srv-host=_http._tcp.example,www.example,80,10,20'],
    ...['--caa-record=caa.example,0,issue,ca.example', '--dns-rr=odd.example,65280,01:02:03:04'],
    `--txt-record=big.example,${bigText.join(',')}`,
  ])
}

function server(name: string, port: number, prepare: (folder: string) => readonly string[]): RealUpstream {
  let child: ChildProcess | undefined
  let folder = ''
  return {
    name,
    port,
    async start() {
      folder = mkdtempSync(join(tmpdir(), `${name}-`))
      const started = spawn(name, prepare(folder), {
        env: { ...process.env, PATH: path },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let said = ''
      for (const stream of [started.stdout, started.stderr]) stream.on('data', (text) => (said += text))
      child = started
      await once(started, 'spawn')
      const start = performance.now()
      while (!(await takesConnections(port))) {
        const isInVain = started.exitCode !== null || performance.now() - start > deadlineMs
        if (isInVain) throw new Error(`${name} does not start: ${said}`)
        await setTimeout(20)
      }
    },
    async stop() {
      const running = child
      child = undefined
      if (running === undefined) return
      if (running.exitCode === null) {
        const ended = once(running, 'exit')
        running.kill('SIGTERM')
        await ended
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
