import { type Command, Option } from 'commander'
import { manifestSource } from '../cluster/manifests/source.ts'
import { kinds } from '../cluster/model.ts'
import { ClusterStore } from '../cluster/store.ts'
import type { Corefile } from '../corefile/model.ts'
import { buildGroups } from '../server/build.ts'
import { Server } from '../server/server.ts'
import { formatAddress, type ListenAddress } from '../transport/listener.ts'
import { systemClock } from '../util/clock.ts'
import { createLogger, type LogLevel, logLevels } from '../util/log.ts'
import { loadOptions } from './cluster.ts'
import { kubernetesConfigs, loadConfiguration } from './configuration.ts'
import { type CliIo, ExitCode } from './io.ts'
import {
  append,
  asListenAddress,
  type ConfigurationOptions,
  type ManifestOptions,
  withConfigurationOptions,
  withManifestOptions,
} from './options.ts'
import { suggestions } from './suggestions.ts'
import { version } from './version.ts'

interface ServeOptions extends ManifestOptions, ConfigurationOptions {
  readonly listen: readonly ListenAddress[]
  readonly logLevel: LogLevel
}

/** Where a server without a Corefile listens: it needs no privilege, and no other machine reaches it. */
const defaultListen: ListenAddress = { address: '127.0.0.1', port: 1053 }

const listenHelp =
  'where to listen, over UDP and TCP, instead of where the Corefile says; port 0 is any free one; may repeat ' +
  '(without a Corefile: 127.0.0.1:1053)'

/** `serve`: answers until it is asked to end, and follows the manifests as they change. */
export function serveCommand(program: Command, io: CliIo): void {
  const command = program
    .command('serve')
    .description('answer DNS queries from the manifests, and follow them as they change')
    .option('--listen <address:port>', listenHelp, append(asListenAddress), [])
    .addOption(new Option('--log-level <level>', 'the least urgent lines to print').choices(logLevels).default('info'))
  withConfigurationOptions(withManifestOptions(command)).action(async (options: ServeOptions) => {
    if (options.file.length === 0 && options.conf === undefined) {
      command.error('error: there is nothing to serve: give manifests with -f', { exitCode: ExitCode.usage })
    }
    await serve(options, io)
  })
}

/**
 * @throws CorefileError, PluginSetupError, ManifestError, ListenError: nothing is left open
 */
async function serve(options: ServeOptions, io: CliIo): Promise<void> {
  const log = createLogger((line) => io.out(line), options.logLevel)
  const cluster = new ClusterStore(systemClock)
  const listen = options.listen.length === 0 && options.conf === undefined ? [defaultListen] : options.listen
  const corefile = loadConfiguration(options, log)
  const groups = buildGroups(corefile, { cluster, log, clock: systemClock, listen })

  const sources = new AbortController()
  const server = new Server({ groups, cluster, log })
  try {
    if (options.file.length > 0) {
      await manifestSource(options.file, { ...loadOptions(options), logger: log }).start(cluster, sources.signal)
    }
    await server.start()
    announce(server, cluster, io)
    suggest(server, cluster, corefile, io)
    await aborted(io.stop)
  } finally {
    await server.stop()
    sources.abort()
  }
}

/** Says what is served, and where. */
function announce(server: Server, cluster: ClusterStore, io: CliIo): void {
  const counts = kinds.map((kind) => `${cluster.list(kind).length} ${kind}s`)
  io.out(`cluster-dns ${version()}: ${counts.join(', ')}`)
  for (const { address } of server.listeners) {
    for (const transport of ['udp', 'tcp']) io.out(`listening on ${transport} ${formatAddress(address)}`)
  }
}

/** Says what to ask for a start, in the first zone that the plugin `kubernetes` serves. */
function suggest(server: Server, cluster: ClusterStore, corefile: Corefile, io: CliIo): void {
  const [listener] = server.listeners
  const [config] = kubernetesConfigs(corefile)
  if (listener === undefined || config === undefined) return
  const asks = suggestions(cluster, config.primaryZone, listener.address)
  if (asks.length > 0) io.out(['ask, for instance:', ...asks.map((ask) => `  ${ask}`)].join('\n'))
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
