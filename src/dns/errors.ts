import { ServerError } from '../util/errors.ts'

/** The peer's octets are no DNS message: it is answered FORMERR, or not at all. */
export class WireFormatError extends ServerError {
  /** Octets from the start of the message to what is wrong. */
  readonly offset: number

  constructor(offset: number, found: string, options?: ErrorOptions) {
    super('WIRE_FORMAT', `malformed message at octet ${offset}: ${found}`, options)
    this.offset = offset
  }
}

/** A text is no domain name: RFC 1035 sections 2.3.4 and 5.1. */
export class NameSyntaxError extends ServerError {
  constructor(text: string, found: string) {
    super('NAME_SYNTAX', `'${text}' is no domain name: ${found}`)
  }
}

/** A text is no rdata of its type. */
export class RdataSyntaxError extends ServerError {
  constructor(type: string, text: string, expected: string) {
    super('RDATA_SYNTAX', `'${text}' is no ${type} rdata, expected ${expected}`)
  }
}

/** A line is no record in zone-file text: RFC 1035 section 5.1. */
export class RecordSyntaxError extends ServerError {
  constructor(line: string, expected: string) {
    super('RDATA_SYNTAX', `'${line}' is no record, expected ${expected}`)
  }
}
