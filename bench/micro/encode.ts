import { maximumMessageOctets } from '../../src/dns/edns.ts'
import { CLASS, OPCODE, RCODE, TYPE } from '../../src/dns/iana.ts'
import type { Message } from '../../src/dns/message.ts'
import { parseName } from '../../src/dns/name.ts'
import { encodeMessage } from '../../src/dns/wire/encode.ts'
import { type Summary, summarise } from '../statistics.ts'

/** What it takes to encode a headless Service's answer, on a miss, beside what a hit does with it: copy it. */
export interface EncodeResult {
  readonly records: number
  /** Of one encoding, over several rounds. */
  readonly encodeMs: Summary
  /** How many copies of the finished octets one encoding is worth. */
  readonly copies: Summary
}

const roundCount = 7
const encodingsPerRound = 200
const copiesPerRound = 20_000

export function measureEncode(records = 1000): EncodeResult {
  const message = headlessAnswer(records)
  const { octets } = encodeMessage(message, maximumMessageOctets)
  const rounds = Array.from({ length: roundCount }, () => {
    const encodeMs = timeOf(encodingsPerRound, () => encodeMessage(message, maximumMessageOctets))
    return { encodeMs, copyMs: timeOf(copiesPerRound, () => Buffer.allocUnsafe(octets.length).set(octets)) }
  }).slice(1) // the first one warms up
  return {
    records,
    encodeMs: summarise(rounds.map(({ encodeMs }) => encodeMs)),
    copies: summarise(rounds.map(({ encodeMs, copyMs }) => encodeMs / copyMs)),
  }
}

export function formatEncode({ records, encodeMs, copies }: EncodeResult): string {
  const spread = `${encodeMs.min.toFixed(2)}-${encodeMs.max.toFixed(2)}`
  const cost = `${encodeMs.median.toFixed(2)} ms (${spread})`
  return `encoding ${records} A records: ${cost}, as long as ${copies.median.toFixed(0)} copies of the octets`
}

function timeOf(times: number, run: () => unknown): number {
  const started = performance.now()
  for (let time = 0; time < times; time++) run()
  return (performance.now() - started) / times
}

function headlessAnswer(records: number): Message {
  const owner = parseName('big.load.svc.cluster.local')
  const rdata = Array.from({ length: records }, (_, index) => ({ address: `10.1.${index >> 8}.${index & 0xff}` }))
  return {
    id: 0,
    qr: true,
    opcode: OPCODE.QUERY,
    aa: true,
    tc: false,
    rd: false,
    ra: false,
    ad: false,
    cd: false,
    rcode: RCODE.NOERROR,
    question: { qname: owner, spelling: owner, qtype: TYPE.A, qclass: CLASS.IN },
    answer: [{ owner, type: 'A', ttl: 5, rdata }],
    authority: [],
    additional: [],
  }
}
