import { formatAddress } from '../transport/listener.ts'
import type { ServerAddress } from './addresses.ts'

/** How CoreDNS's metrics and messages name a server: `dns://:53` where it is reached at every address of the machine. */
export function serverLabel(at: ServerAddress | undefined): string {
  if (at === undefined) return 'dns://'
  const isEverywhere = at.address === '::' || at.address === '0.0.0.0'
  return `${at.scheme}://${isEverywhere ? `:${at.port}` : formatAddress(at)}`
}
