import type { Name } from '../dns/name.ts'
import type { Answer, Client } from './handler.ts'

/** Hears of it when another server says that a zone has changed (NOTIFY, RFC 1996): no query, so no affair of a chain. */
export interface NotifyReceiver {
  /**
   * Takes it in; what there is to be done is done later.
   *
   * @returns the response, perhaps that there is none (`isSilent`); undefined: the zone is none that it has from elsewhere
   */
  notified(zone: Name, client: Client): Answer | undefined
}
