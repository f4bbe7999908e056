import { formatAddress, type ListenAddress } from '../transport/listener.ts'

/** How CoreDNS's metrics and messages name a server: `dns://:53` where it is reached at every address of the machine. */
export function serverLabel(at: ListenAddress | undefined): string {
  if (at === undefined) return 'dns://'
  const isEverywhere = at.address === '::' || at.address === '0.0.0.0'
  return isEverywhere ? `dns://:${at.port}` : `dns://${formatAddress(at)}`
}
