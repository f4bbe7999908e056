import type { Corefile } from '../corefile/model.ts'
import type { ReloadSettings } from '../plugin/settings.ts'
import type { ServerAddress } from '../server/addresses.ts'
import type { Configuration } from '../server/build.ts'
import { chooseUdp, type UdpMode } from '../transport/udp/choose.ts'
import { messageOf } from '../util/errors.ts'
import { createLogger, type LogLevel } from '../util/log.ts'
import { Metrics } from '../util/metrics.ts'
import { systemTimer } from '../util/timer.ts'
import { type CorefileSource, hashConfiguration, parseConfiguration } from './configuration.ts'
import { type CliIo, ExitCode } from './io.ts'
import type { LiveOptions, ManifestOptions } from './options.ts'
import { Reloader } from './reloader.ts'
import { aborted, RunningServer } from './running-server.ts'

export interface RunOptions {
  readonly corefile: CorefileSource
  readonly feed: ManifestOptions & LiveOptions
  readonly listen: readonly ServerAddress[]
  readonly extendedErrors: boolean
  readonly udp: UdpMode
  readonly logLevel: LogLevel
  /** The text of what keeps a reload from being done; if not given, the message. */
  readonly describe?: (error: unknown) => string
  /** Called once queries are answered, to say so. */
  readonly onServing: (server: RunningServer, corefile: Corefile) => void
  /** Called behind that, once all has been said that belongs to the configuration. */
  readonly onStarted?: () => void
}

/**
 * Serves a Corefile until the process is asked to end, and each other one that takes its place.
 *
 * Asked to end while the cluster is still being read, it ends without having served.
 *
 * @throws CorefileError, PluginSetupError, ManifestError, ClusterAccessError, NoBatchedUdpError, ListenError; ServerError
 *   `COREFILE_UNREADABLE`: nothing is left open
 */
export async function run(options: RunOptions, io: CliIo): Promise<void> {
  const { corefile: source, feed, listen, extendedErrors, logLevel, describe = messageOf } = options
  const stopped = aborted(io.stop)
  const metrics = new Metrics()
  let isDebugging = false
  const log = createLogger(
    (line) => io.out(line),
    () => (isDebugging ? 'debug' : logLevel),
  )
  let reloader: Reloader | undefined
  io.onSignal('SIGUSR1', () => {
    log.info('SIGUSR1: Reloading')
    if (reloader === undefined) log.error('SIGUSR1: there is no server yet')
    else void reloader.force()
  })
  const text = source.readText()
  const corefile = parseConfiguration(source, text, log)
  const udp = await chooseUdp(options.udp)
  const server = new RunningServer({
    ...{ feed, listen, extendedErrors, log, metrics },
    defaultPort: source.defaultPort,
    // Where blocks are served where they say, some may be at one address and others at all: Linux allows it for such.
    reusePort: listen.length === 0 && process.platform === 'linux',
    openUdp: udp.open,
    fatal(message) {
      io.out(`[FATAL] ${message}`)
      io.exit(ExitCode.badInput)
    },
    onBuilt({ blocks }) {
      isDebugging = blocks.some(({ settings }) => settings?.debug === true)
    },
    stop: io.stop,
  })
  try {
    const configuration = await server.start(corefile)
    if (io.stop.aborted) return
    log.info(`udp: ${udp.description}`)
    options.onServing(server, corefile)
    reloader = new Reloader({
      configuration: {
        readText: () => source.readText(),
        hash: (each) => hashConfiguration(source, each, log),
        apply: async (each) => reloadOf(await server.reload(parseConfiguration(source, each, log))),
      },
      ...{ log, metrics, describe, stop: io.stop },
      timer: systemTimer,
      random: Math.random,
    })
    reloader.begin(text, reloadOf(configuration))
    options.onStarted?.()
    await stopped
    log.info(String(io.stop.reason))
    await reloader.end()
    await server.leave()
  } finally {
    await server.stop()
  }
}

/** Of several directives in a process the last one counts. */
export function reloadOf({ blocks }: ReloadingBlocks): ReloadSettings | undefined {
  return blocks.findLast(({ settings }) => settings?.reload !== undefined)?.settings?.reload
}

interface ReloadingBlocks {
  readonly blocks: readonly Pick<Configuration['blocks'][number], 'settings'>[]
}
