import type { RRset } from '../dns/record.ts'
import { batches } from '../dns/wire/batches.ts'
import { serverFailure } from '../plugin/chain.ts'
import type { RecordsAnswer } from '../plugin/handler.ts'
import type { TransferAnswer } from '../plugin/transfer.ts'
import type { Messages } from '../transport/listener.ts'

/** Octets of records in one message, as CoreDNS counts them: without compression, and with room for the rest of it. */
const batchOctets = 63_000

/** All that was sent of an answer. */
export interface Sent {
  readonly first: Uint8Array
  readonly octets: number
  readonly records: number
}

export interface TransferOptions {
  /** Makes one message of an answer. */
  encode(answer: RecordsAnswer): Uint8Array
  /** Hears what was sent once that is all, or the client is gone. */
  told(sent: Sent): void
  /** Hears what keeps the transfer from its end. */
  failed(error: unknown): void
}

/**
 * The messages of a transfer, each of them encoded when it is asked for.
 *
 * What fails before the first one is SERVFAIL. Later the transfer just ends, without the SOA record that would say
 * that it is whole.
 *
 * @throws what `failed` was told of, behind the first message
 */
export function* transferMessages(answer: TransferAnswer, { encode, told, failed }: TransferOptions): Messages {
  let sent: Sent | undefined
  try {
    for (const records of batches(recordsOf(answer), batchOctets)) {
      const message = encode({ ...answer, answer: records })
      sent = add(sent, message, records)
      yield message
    }
  } catch (error) {
    failed(error)
    if (sent !== undefined) throw error
    const message = encode(serverFailure(error))
    sent = add(sent, message, [])
    yield message
  } finally {
    if (sent !== undefined) told(sent)
  }
}

function* recordsOf({ answer, rest }: TransferAnswer): Generator<RRset, void> {
  yield* answer
  yield* rest
}

function add(sent: Sent | undefined, message: Uint8Array, rrsets: readonly RRset[]): Sent {
  const { first, octets, records } = sent ?? { first: message, octets: 0, records: 0 }
  const more = rrsets.reduce((sum, { rdata }) => sum + rdata.length, 0)
  return { first, octets: octets + message.length, records: records + more }
}
