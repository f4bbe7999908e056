import { type Command, Option } from 'commander'
import type { AdminServer } from '../admin/admin-server.ts'
import { ClusterStore } from '../cluster/store.ts'
import type { Corefile } from '../corefile/model.ts'
import { buildGroups } from '../server/build.ts'
import { endpointsOf, Server, type ServerGroup } from '../server/server.ts'
import { formatAddress, type ListenAddress } from '../transport/listener.ts'
import { chooseUdp, type UdpMode, udpModes } from '../transport/udp/choose.ts'
import { systemClock } from '../util/clock.ts'
import { createLogger, type Logger, type LogLevel, logLevels } from '../util/log.ts'
import { pause, systemTimer } from '../util/timer.ts'
import { kubernetesConfigs, loadConfiguration } from './configuration.ts'
import type { CliIo } from './io.ts'
import {
  asListenAddress,
  type InputOptions,
  type LiveOptions,
  repeatable,
  requireInput,
  withInputOptions,
  withLiveOptions,
} from './options.ts'
import { chooseFeed, type Feed } from './source.ts'
import { suggestions } from './suggestions.ts'
import { version } from './version.ts'

interface ServeOptions extends InputOptions, LiveOptions {
  readonly listen: readonly ListenAddress[]
  readonly logLevel: LogLevel
  /** Extended DNS Errors. */
  readonly ede: boolean
  readonly udp: UdpMode
}

/** Where a server without a Corefile listens: it needs no privilege, and no other machine reaches it. */
const defaultListen: ListenAddress = { address: '127.0.0.1', port: 1053 }

const listenHelp = 'where to listen, over UDP and TCP; port 0 is any free one; may repeat'
const udpHelp =
  'how datagrams are read and written: many in one call (Linux), one by one, or the first where it can be had'
const logLevelHelp = 'the least urgent lines to print'

/** `serve`: answers until it is asked to end, and follows the manifests as they change. */
export function serveCommand(program: Command, io: CliIo): void {
  const command = program
    .command('serve')
    .description('answer DNS queries from manifests or a cluster, and follow it as it changes')
    .addOption(
      repeatable('--listen <address:port>', listenHelp, asListenAddress).default(
        [],
        `${formatAddress(defaultListen)}, or where the Corefile says`,
      ),
    )
    .option('--no-ede', 'do not tell clients, in an Extended DNS Error, why they get no records')
    .addOption(new Option('--udp <mode>', udpHelp).choices(udpModes).default('auto'))
    .addOption(new Option('--log-level <level>', logLevelHelp).choices(logLevels).default('info'))
  withLiveOptions(withInputOptions(command)).action(async (options: ServeOptions) => {
    requireInput(command, options)
    await serve(options, io)
  })
}

/**
 * Asked to end while the cluster is still being read, it ends without having served.
 *
 * @throws CorefileError, PluginSetupError, ManifestError, ClusterAccessError, NoBatchedUdpError, ListenError: nothing is left open
 */
async function serve(options: ServeOptions, io: CliIo): Promise<void> {
  const log = createLogger((line) => io.out(line), options.logLevel)
  const cluster = new ClusterStore(systemClock)
  const listen = options.listen.length === 0 && options.conf === undefined ? [defaultListen] : options.listen
  const corefile = loadConfiguration(options, log)
  const groups = buildGroups(corefile, { cluster, log, clock: systemClock, listen })

  const udp = await chooseUdp(options.udp)
  const sources = new AbortController()
  const { ede: extendedErrors } = options
  const server = new Server({ groups, cluster, log, clock: systemClock, extendedErrors, openUdp: udp.open })
  const admin = await adminOf(groups, log)
  try {
    const stopped = aborted(io.stop)
    await admin?.start() // first: probes are answered while the cluster is read
    const feed = await chooseFeed(options, { configs: kubernetesConfigs(corefile), cluster, log })
    if (feed !== undefined) await startFeed(feed, { cluster, log, signal: sources.signal, stopped })
    if (io.stop.aborted) return
    await server.start()
    admin?.serving()
    log.info(`udp: ${udp.description}`)
    announce(server, io)
    suggest(server, cluster, corefile, io)
    await stopped
    log.info(String(io.stop.reason))
    await admin?.leave()
  } finally {
    await admin?.stop()
    await server.stop()
    sources.abort()
  }
}

/** HTTP is loaded only where a Corefile asks for it. */
async function adminOf(groups: readonly ServerGroup[], log: Logger): Promise<AdminServer | undefined> {
  const endpoints = endpointsOf(groups)
  if (endpoints.length === 0) return undefined
  const { AdminServer: Admin } = await import('../admin/admin-server.ts')
  return new Admin(endpoints, { log, clock: systemClock })
}

interface FeedStart {
  readonly cluster: ClusterStore
  readonly log: Logger
  readonly signal: AbortSignal
  readonly stopped: Promise<void>
}

/** How often a start that waits says so: as CoreDNS has it. */
const waitingNoteMs = 500

/** Waits for the cluster as long as the Corefile says; from then on there are answers of what there is. */
async function startFeed({ source, patienceMs }: Feed, { cluster, log, signal, stopped }: FeedStart): Promise<void> {
  const started = source.start(cluster, signal)
  if (patienceMs === Number.POSITIVE_INFINITY) return Promise.race([started, stopped])
  const note = setInterval(
    () => log.info('plugin/kubernetes: waiting for Kubernetes API before starting server'),
    waitingNoteMs,
  )
  const patience = new AbortController()
  try {
    const late = pause(systemTimer, patienceMs, patience.signal).then(() => !patience.signal.aborted)
    if ((await Promise.race([started, stopped, late])) !== true) return
    log.warning(`plugin/kubernetes: starting server with unsynced Kubernetes API: ${cluster.syncDetail}`)
  } finally {
    clearInterval(note)
    patience.abort()
  }
}

/** Says what is running, and where it listens. */
function announce(server: Server, io: CliIo): void {
  io.out(`cluster-dns ${version()}`)
  for (const { address } of server.listeners) {
    for (const transport of ['udp', 'tcp']) io.out(`listening on ${transport} ${formatAddress(address)}`)
  }
}

/** Says what to ask for a start, in the first zone that the plugin `kubernetes` serves. */
function suggest(server: Server, cluster: ClusterStore, corefile: Corefile, io: CliIo): void {
  const [listener] = server.listeners
  const [config] = kubernetesConfigs(corefile)
  if (listener === undefined || config === undefined) return
  const asks = suggestions(cluster, config, listener.address)
  if (asks.length > 0) io.out(['ask, for instance:', ...asks.map((ask) => `  ${ask}`)].join('\n'))
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
