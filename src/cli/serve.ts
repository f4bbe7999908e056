import { type Command, Option } from 'commander'
import type { Corefile } from '../corefile/model.ts'
import type { ServerAddress } from '../server/addresses.ts'
import { formatAddress } from '../transport/listener.ts'
import { type UdpMode, udpModes } from '../transport/udp/choose.ts'
import { type LogLevel, logLevels } from '../util/log.ts'
import { corefileSource, kubernetesConfigs } from './configuration.ts'
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
import { run } from './run.ts'
import type { RunningServer } from './running-server.ts'
import { suggestions } from './suggestions.ts'
import { version } from './version.ts'

interface ServeOptions extends InputOptions, LiveOptions {
  readonly listen: readonly ServerAddress[]
  readonly logLevel: LogLevel
  /** Extended DNS Errors. */
  readonly ede: boolean
  readonly udp: UdpMode
}

/** Where a server without a Corefile listens: it needs no privilege, and no other machine reaches it. */
const defaultListen: ServerAddress = { scheme: 'dns', address: '127.0.0.1', port: 1053 }

const listenHelp =
  'where to listen, over UDP and TCP, or with tls:// in front over TLS; port 0 is any free one; may repeat'
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

async function serve(options: ServeOptions, io: CliIo): Promise<void> {
  const isAtDefault =
    options.conf === undefined && options.listen.every(({ scheme }) => scheme !== defaultListen.scheme)
  const listen = isAtDefault ? [...options.listen, defaultListen] : options.listen
  await run(
    {
      corefile: corefileSource(options),
      feed: options,
      listen,
      extendedErrors: options.ede,
      udp: options.udp,
      logLevel: options.logLevel,
      onServing(server, corefile) {
        announce(server, io)
        suggest(server, corefile, io)
      },
    },
    io,
  )
}

const waysOf = { dns: ['udp', 'tcp'], tls: ['tls'] } as const

/** Says what is running, and where it listens. */
function announce(server: RunningServer, io: CliIo): void {
  io.out(`cluster-dns ${version()}`)
  for (const { address } of server.places) {
    for (const way of waysOf[address.scheme]) io.out(`listening on ${way} ${formatAddress(address)}`)
  }
}

/** Says what to ask for a start, in the first zone that the plugin `kubernetes` serves. */
function suggest(server: RunningServer, corefile: Corefile, io: CliIo): void {
  const place = server.places.find(({ address }) => address.scheme === 'dns') ?? server.places[0]
  const [config] = kubernetesConfigs(corefile)
  if (place === undefined || config === undefined) return
  const asks = suggestions(server.cluster, config, place.address)
  if (asks.length > 0) io.out(['ask, for instance:', ...asks.map((ask) => `  ${ask}`)].join('\n'))
}
