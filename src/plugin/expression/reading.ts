import type { Query } from '../handler.ts'
import { metadataOf, type Offers } from '../offers.ts'

/** A query, and whether what was made of it depends on more than name, type and class. */
export class Reading {
  readonly query: Query
  readonly #offers: Pick<Offers, 'metadata' | 'metadataZones'>
  /** Then it is true for this query only. */
  isPersonal = false

  constructor(query: Query, offers: Pick<Offers, 'metadata' | 'metadataZones'>) {
    this.query = query
    this.#offers = offers
  }

  /** Reads what another query with the same question may have otherwise. */
  personal<T>(read: () => T): T {
    this.isPersonal = true
    return read()
  }

  /** What a label stands for; empty: nobody says. It may be said of the client. */
  metadata(label: string): string {
    return this.personal(() => metadataOf(this.#offers, this.query, label) ?? '')
  }
}
