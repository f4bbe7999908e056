import { TYPE } from '../../src/dns/iana.ts'

/** One thing to ask, as people write it and as octets. */
export interface Question {
  /** Without the last dot. */
  readonly name: string
  readonly type: 'A' | 'SRV'
}

/** A line of the file that dnsperf reads. */
export function formatQuestion({ name, type }: Question): string {
  return `${name} ${type}\n`
}

/** A query in wire form, with id 0, RD set and no EDNS: what dnsperf sends (RFC 1035 section 4.1). */
export function encodeQuery({ name, type }: Question): Buffer {
  const header = Buffer.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  const labels = name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label, 'latin1')])
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, TYPE[type], 0, 1])])
}

/** A query with an EDNS option (RFC 6891 section 6.1) and room for answers of 1,232 octets. */
export function withOption(query: Buffer, code: number, value: Buffer): Buffer {
  const opt = Buffer.from([
    0,
    0,
    TYPE.OPT,
    1232 >> 8,
    1232 & 255,
    0,
    0,
    0,
    0,
    0,
    4 + value.length,
    0,
    code,
    0,
    value.length,
  ])
  const extended = Buffer.concat([query, opt, value])
  extended[11] = 1
  return extended
}

/** What bench/native/load.c reads: each query behind its length in two octets. */
export function frameQueries(queries: readonly Buffer[]): Buffer {
  return Buffer.concat(queries.flatMap((query) => [Buffer.from([query.length >> 8, query.length & 255]), query]))
}
