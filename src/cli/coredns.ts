import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { text as readAll } from 'node:stream/consumers'
import { isReverseName } from '../dns/reverse.ts'
import { pluginOrder } from '../plugins/order.ts'
import { defaultPort } from '../server/build.ts'
import { ServerError } from '../util/errors.ts'
import type { CorefileSource } from './configuration.ts'
import { type Flag, parseFlags, usage } from './flags.ts'
import { goFileMessage, goMessageOf } from './go-errors.ts'
import { type CliIo, ExitCode } from './io.ts'
import { run } from './run.ts'
import type { RunningServer } from './running-server.ts'
import { coreDnsVersion, version } from './version.ts'

/** The file that is served where none is named. */
const defaultFile = 'Corefile'

/** Those of CoreDNS 1.14.7, in the order of their names. */
const flags: readonly Flag[] = [
  { name: 'conf', kind: 'string', help: `Corefile to load (default "${defaultFile}")` },
  { name: 'dns.port', kind: 'string', help: 'Default port', byDefault: String(defaultPort) },
  { name: 'p', kind: 'string', help: 'Default port', byDefault: String(defaultPort), aliasOf: 'dns.port' },
  { name: 'pidfile', kind: 'string', help: 'Path to write pid file' },
  { name: 'plugins', kind: 'switch', help: 'List installed plugins' },
  { name: 'quiet', kind: 'switch', help: 'Quiet mode (no initialization output)' },
  { name: 'version', kind: 'switch', help: 'Show version' },
]

/** Whether a command line is one of CoreDNS's: the program goes by that name, or the first argument is a flag of it. */
export function isCorednsForm(args: readonly string[], calledAs: string): boolean {
  const [, name] = /^-([^-=][^=]*)(?:=.*)?$/s.exec(args[0] ?? '') ?? []
  return calledAs === 'coredns' || flags.some((flag) => flag.name === name)
}

interface Settings {
  /** Empty: none is named. */
  readonly conf: string
  readonly port: number
  /** Empty: none is written. */
  readonly pidfile: string
  readonly isQuiet: boolean
}

/**
 * Serves as CoreDNS does when it is started by this command line, with its output, errors, signals and exit codes.
 *
 * @param args without the program
 * @returns the exit code, once it has ended
 */
export async function coredns(args: readonly string[], io: CliIo, calledAs: string): Promise<ExitCode> {
  const parsed = parseFlags(args, flags)
  if (parsed.kind === 'wrong') io.err(parsed.message)
  if (parsed.kind !== 'parsed') {
    io.err(usage(calledAs, flags))
    return parsed.kind === 'help' ? ExitCode.ok : ExitCode.usage
  }
  const { values, rest } = parsed
  if (rest.length > 0) return fail(io, `extra command line arguments: [${rest.join(' ')}]`)
  if (values.get('version') === 'true') {
    io.out(versionLines())
    return ExitCode.ok
  }
  if (values.get('plugins') === 'true') {
    io.out(pluginNames().join('\n'))
    return ExitCode.ok
  }
  const port = values.get('dns.port') ?? String(defaultPort)
  if (!/^\d+$/.test(port)) return fail(io, `lookup tcp/${port}: unknown port`)
  if (Number(port) > 65_535) return fail(io, `address ${port}: invalid port`)
  const settings = {
    conf: values.get('conf') ?? '',
    port: Number(port),
    pidfile: values.get('pidfile') ?? '',
    isQuiet: values.get('quiet') === 'true',
  }
  return serve(settings, io)
}

async function serve(settings: Settings, io: CliIo): Promise<ExitCode> {
  hearSignals(io)
  try {
    await run(
      {
        corefile: await sourceOf(settings),
        feed: { file: [], serviceCidr: [], podCidr: [] },
        listen: [],
        extendedErrors: true,
        udp: 'auto',
        logLevel: 'info',
        describe: goMessageOf,
        onServing(server) {
          if (!settings.isQuiet) io.out(zoneLines(server).join('\n'))
          if (settings.pidfile !== '') writePidfile(settings.pidfile, io)
        },
        onStarted() {
          if (!settings.isQuiet) io.out(versionLines())
        },
      },
      io,
    )
    return ExitCode.ok
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    const isUnreadable = error.code === 'COREFILE_UNREADABLE' && settings.conf !== ''
    return fail(io, `${isUnreadable ? 'loading Caddyfile via flag: ' : ''}${goMessageOf(error)}`)
  }
}

function fail(io: CliIo, message: string): ExitCode {
  io.err(message)
  return ExitCode.badInput
}

/** SIGTERM, SIGINT and SIGUSR1 are every server's. */
function hearSignals(io: CliIo): void {
  io.onSignal('SIGHUP', () => {})
  io.onSignal('SIGUSR2', () => io.out('[WARNING] SIGUSR2: there is no upgrade in place, nothing is done'))
  io.onSignal('SIGQUIT', () => {
    io.out('[INFO] SIGQUIT: Quitting process immediately')
    io.exit(ExitCode.ok)
  })
}

async function sourceOf({ conf, port }: Settings): Promise<CorefileSource> {
  if (conf === 'stdin' && !process.stdin.isTTY) {
    const text = await readAll(process.stdin)
    // It cannot be read a second time: a reload finds what is there already.
    return { file: '/dev/stdin', defaultPort: port, readText: () => text }
  }
  const isNamed = conf !== '' && conf !== 'stdin'
  const file = isNamed ? conf : defaultFile
  return { file, defaultPort: port, readText: () => readCorefile(file, !isNamed) }
}

/** @throws ServerError `COREFILE_UNREADABLE` */
function readCorefile(path: string, mayBeMissing: boolean): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (mayBeMissing && isMissing) return '' // stands for `. { whoami, log }`
    throw new ServerError('COREFILE_UNREADABLE', goFileMessage(path, error), { cause: error })
  }
}

function writePidfile(path: string, io: CliIo): void {
  try {
    writeFileSync(path, `${process.pid}\n`)
    io.onExit(() => rmSync(path, { force: true }))
  } catch (error) {
    io.out(`[ERROR] Could not write pidfile: ${goFileMessage(path, error)}`)
  }
}

function versionLines(): string {
  const system = systems[process.platform] ?? process.platform
  const machine = machines[process.arch] ?? process.arch
  return `CoreDNS-${coreDnsVersion}\n${system}/${machine}, node${process.versions.node}, cluster-dns-${version()}`
}

/** As Go calls them, where it has another name. */
const systems: Readonly<Record<string, string>> = { win32: 'windows', sunos: 'solaris' }
const machines: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', mipsel: 'mipsle', ppc64: 'ppc64le' }

function pluginNames(): string[] {
  return pluginOrder.flatMap(({ name, setup }) => (setup === undefined ? [] : [name])).sort()
}

/** A line for each zone at each address: `.:53`, `example.org.:53 on 127.0.0.1`, `tls://.:853`. */
function zoneLines({ places }: RunningServer): string[] {
  return places.flatMap(({ group: { zones, boundTo }, address: { scheme, port } }) =>
    [...zones.keys()]
      .sort()
      .flatMap((zone) => [
        ...(isReverseName(zone) || isPreferred(zone)
          ? []
          : [`Warning: Domain ${JSON.stringify(zone)} does not follow RFC1035 preferred syntax`]),
        `${scheme === 'dns' ? '' : `${scheme}://`}${zone}:${port}${boundTo === undefined ? '' : ` on ${boundTo}`}`,
      ]),
  )
}

/** RFC 1035 section 2.3.1, as CoreDNS reads it. */
function isPreferred(zone: string): boolean {
  return zone === '.' || /^(?:[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+$/.test(zone)
}
