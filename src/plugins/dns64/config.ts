import type { Network } from '../../util/network.ts'

export interface Dns64Config {
  /** What IPv4 addresses are put behind; its length is a multiple of 8 from 32 to 96. */
  readonly prefix: Network
  /** Names that have AAAA records, too. */
  readonly translatesAll: boolean
  /** For clients that ask over IPv4, too. */
  readonly allowsIPv4: boolean
}
