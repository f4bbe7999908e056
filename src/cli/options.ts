import { isIP } from 'node:net'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type AddressRange, parseRange } from '../cluster/manifests/addresses.ts'
import { type Name, parseName, tryParseName } from '../dns/name.ts'
import { isReverseName } from '../dns/reverse.ts'
import type { ServerAddress } from '../server/addresses.ts'
import { ExitCode } from './io.ts'

/** What every command takes that reads manifests. */
export interface ManifestOptions {
  readonly file: readonly string[]
  readonly serviceCidr: readonly AddressRange[]
  readonly podCidr: readonly AddressRange[]
}

/** What every command takes that answers. */
export interface ConfigurationOptions {
  /** Path of a Corefile; without it the default one is used. */
  readonly conf?: string
  readonly zone: Name
}

/** What a command takes that can watch a cluster. */
export interface LiveOptions {
  /** Path of a kubeconfig, for the cluster in place of manifests. */
  readonly kubeconfig?: string
  readonly context?: string
}

/** What a command is made of: all of them read manifests and a Corefile. */
export interface InputOptions extends ManifestOptions, ConfigurationOptions {}

const fileHelp = 'manifests: a file, a folder with all below it, or - (standard input); may repeat'
const serviceCidrHelp = 'where Services get the addresses they lack; may repeat'
const podCidrHelp = 'where Pods get the addresses they lack; may repeat'
const confHelp = 'Corefile to use; without it: the zone, reverse zones, errors, kubernetes, loadbalance'
const zoneHelp = 'where the names live, if there is no Corefile'

export function withInputOptions(command: Command): Command {
  const zone = new Option('--zone <zone>', zoneHelp).argParser(asZone)
  return command
    .addOption(repeatable('-f, --file <path>', fileHelp, asPath).default([], 'none'))
    .addOption(
      repeatable('--service-cidr <cidr>', serviceCidrHelp, asRange).default([], '10.96.0.0/12, fd00:10:96::/112'),
    )
    .addOption(repeatable('--pod-cidr <cidr>', podCidrHelp, asRange).default([], '10.244.0.0/16, fd00:10:244::/64'))
    .option('--conf <file>', confHelp, asPath)
    .addOption(zone.default(parseName('cluster.local'), 'cluster.local').conflicts('conf'))
}

const kubeconfigHelp = 'the cluster to watch, in place of manifests: a kubeconfig'
const contextHelp = 'which of its contexts; without it: its current one'

export function withLiveOptions(command: Command): Command {
  return command
    .addOption(new Option('--kubeconfig <file>', kubeconfigHelp).argParser(asPath).conflicts('file'))
    .addOption(new Option('--context <name>', contextHelp))
}

/** Ends with a usage error where there is neither a cluster nor a Corefile. */
export function requireInput(command: Command, options: InputOptions & LiveOptions): void {
  const { file, conf, kubeconfig, context } = options
  if (context !== undefined && kubeconfig === undefined) {
    command.error('error: --context names a context of a kubeconfig: give one with --kubeconfig', {
      exitCode: ExitCode.usage,
    })
  }
  if (file.length > 0 || conf !== undefined || kubeconfig !== undefined) return
  const message = 'error: there is nothing to read: give manifests with -f, or a Corefile with --conf'
  command.error(message, { exitCode: ExitCode.usage })
}

/** Gathers its values in the order of the command line; wants a default to begin with. */
export function repeatable<T>(flags: string, description: string, read: (text: string) => T): Option {
  return new Option(flags, description).argParser((text, previous: readonly T[]) => [...previous, read(text)])
}

/** Reads `[tls://]ADDR:PORT`; an IPv6 address stands in brackets. */
export function asListenAddress(text: string): ServerAddress {
  const [, scheme, bracketed, plain, port] =
    /^(?:(dns|tls):\/\/)?(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? []
  const address = bracketed ?? plain
  const isAddress = bracketed === undefined ? isIP(address ?? '') === 4 : isIP(bracketed) === 6
  if (address === undefined || !isAddress || Number(port) > 65_535) {
    throw new InvalidArgumentError("expected ADDR:PORT, such as 127.0.0.1:1053 or '[::1]:1053'")
  }
  return { scheme: scheme === 'tls' ? 'tls' : 'dns', address, port: Number(port) }
}

/** An empty one is a shell variable that is not set. */
function asPath(text: string): string {
  if (text === '') throw new InvalidArgumentError('expected a path')
  return text
}

/** Letters, digits, `-`, `_` and dots only: what else a name may hold means something else in a Corefile. */
function asZone(text: string): Name {
  const zone = /^[\w.-]+$/.test(text) ? tryParseName(text) : undefined
  if (zone === undefined || isReverseName(zone)) {
    throw new InvalidArgumentError('expected a domain name that is no reverse zone, such as cluster.local')
  }
  return zone
}

function asRange(text: string): AddressRange {
  const range = parseRange(text)
  if (range === undefined) throw new InvalidArgumentError('expected an address range, such as 10.96.0.0/12')
  return range
}
