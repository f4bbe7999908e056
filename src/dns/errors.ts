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

/** What is wrong in a zone file, for whoever knows its file and line. */
export class ZoneTextError extends Error {}

/** A zone file is none: RFC 1035 section 5. */
export class ZoneFileError extends ServerError {
  readonly file: string
  readonly line: number

  constructor(file: string, line: number, found: string, options?: ErrorOptions) {
    super('ZONE_FILE', `${file}:${line}: ${found}`, options)
    this.file = file
    this.line = line
  }
}

/** What makes no zone, though each of its records is one. */
export class ZoneContentError extends ServerError {
  constructor(found: string, options?: ErrorOptions) {
    super('ZONE_FILE', found, options)
  }
}
