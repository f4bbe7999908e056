import { isIP } from 'node:net'
import { type Command, InvalidArgumentError } from 'commander'
import { type AddressRange, parseRange } from '../cluster/manifests/addresses.ts'
import { type Name, parseName, tryParseName } from '../dns/name.ts'
import { isReverseName } from '../dns/reverse.ts'
import type { ListenAddress } from '../transport/listener.ts'

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

export function withManifestOptions(command: Command): Command {
  return command
    .option(
      '-f, --file <path>',
      'manifests: a file, a folder with all below it, or - (standard input); may repeat',
      append(asIs),
      [],
    )
    .option(
      '--service-cidr <cidr>',
      'where Services get the addresses they lack (10.96.0.0/12; fd00:10:96::/112)',
      append(asRange),
      [],
    )
    .option(
      '--pod-cidr <cidr>',
      'where Pods get the addresses they lack (10.244.0.0/16; fd00:10:244::/64)',
      append(asRange),
      [],
    )
}

export function withConfigurationOptions(command: Command): Command {
  return command
    .option('--conf <file>', 'Corefile to use; without it: the zone, reverse zones, errors, kubernetes, loadbalance')
    .option('--zone <zone>', 'where the names live, if there is no Corefile', asZone, parseName('cluster.local'))
}

/** Reads `ADDR:PORT`; an IPv6 address stands in brackets. */
export function asListenAddress(text: string): ListenAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? []
  const address = bracketed ?? plain
  const isAddress = bracketed === undefined ? isIP(address ?? '') === 4 : isIP(bracketed) === 6
  if (address === undefined || !isAddress || Number(port) > 65_535) {
    throw new InvalidArgumentError("expected ADDR:PORT, such as 127.0.0.1:1053 or '[::1]:1053'")
  }
  return { address, port: Number(port) }
}

/** For an option that may repeat: its values in the order of the command line. */
export function append<T>(read: (text: string) => T): (text: string, previous: readonly T[]) => readonly T[] {
  return (text, previous) => [...previous, read(text)]
}

function asIs(text: string): string {
  return text
}

function asZone(text: string): Name {
  const zone = tryParseName(text)
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
