import { OPCODE, RCODE, TYPE } from '../../dns/iana.ts'
import type { Name } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { decodeMessage } from '../../dns/wire/decode.ts'
import { UpstreamError } from '../../plugin/upstream.ts'

/**
 * A zone as it comes in, message by message (AXFR, RFC 5936 section 2.2): what has to be so is checked as early as it can be.
 */
export class IncomingZone {
  readonly #origin: Name
  readonly #records: RRset[] = []
  #soa: RRset<'SOA'> | undefined

  constructor(origin: Name) {
    this.#origin = origin
  }

  /** Each of one record, the SOA record first and once; complete when `take` has said so. */
  get records(): readonly RRset[] {
    return this.#records
  }

  /**
   * Takes in the next message.
   *
   * @returns whether another is to come
   * @throws UpstreamError it is no part of a transfer; WireFormatError it is no message
   */
  take(octets: Uint8Array): boolean {
    const { qr, opcode, tc, rcode, question, answer } = decodeMessage(octets)
    if (!qr || opcode !== OPCODE.QUERY || tc) throw new UpstreamError('dns: no response to AXFR')
    if (rcode !== RCODE.NOERROR) throw new UpstreamError(`dns: bad xfr rcode: ${rcode}`)
    // Only the first message need repeat it (RFC 5936 section 2.2.1).
    if (question !== undefined && (question.qname !== this.#origin || question.qtype !== TYPE.AXFR)) {
      throw new UpstreamError('dns: response to another question')
    }
    let isComplete = false
    for (const record of answer.flatMap(eachRecord)) {
      if (isComplete) throw new UpstreamError('dns: records behind the end of the zone')
      isComplete = this.#add(record)
    }
    if (this.#soa === undefined) throw new UpstreamError('dns: no SOA')
    return !isComplete
  }

  /** Whether it is the SOA record that ends the zone. */
  #add(record: RRset): boolean {
    const isOfZone = record.type === 'SOA' && record.owner === this.#origin
    if (this.#soa === undefined) {
      if (!isOfZone) throw new UpstreamError('dns: no SOA')
      this.#soa = record
    } else if (isOfZone) {
      const [first, last] = [this.#soa, record].map(({ rdata }) => rdata[0]?.serial)
      if (first === last) return true
      throw new UpstreamError(`dns: the zone begins with serial ${first} and ends with ${last}`)
    } else if (record.type === 'SOA') {
      return false // of another zone: whatever it is here for, it is not the zone's own
    }
    this.#records.push(record)
    return false
  }
}

function eachRecord(rrset: RRset): RRset[] {
  return rrset.rdata.map((rdata) => ({ ...rrset, rdata: [rdata] }) as RRset) // type and rdata stay together
}
