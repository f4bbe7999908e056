import type { Edns, ExtendedError } from '../edns.ts'
import { className, extendedErrorName, opcodeName, rcodeName, typeName } from '../iana.ts'
import { type Message, type Question, type Section, sections } from '../message.ts'
import { isSubdomain, labelsOf, type Name, nameOf } from '../name.ts'
import { codecOf, mnemonicOf } from '../rdata/codecs.ts'
import type { RRset } from '../record.ts'
import { formatName } from './words.ts'

/** What dig says below a message. A line is left out where its value is. */
export interface ExchangeDetails {
  readonly queryTimeMs?: number
  /** As `127.0.0.1#53(127.0.0.1) (UDP)`. */
  readonly server?: string
  readonly when?: Date
  /** Octets of the message on the wire. */
  readonly size?: number
}

/** A message laid out as dig 9.18 does it, tabs included; no line break at the end. */
export function formatMessage(message: Message, details: ExchangeDetails = {}): string {
  const blocks = [
    headerLines(message),
    [...optLines(message.edns), ...questionLines(message.question)],
    ...sections.map((section) => sectionLines(section, message)),
    detailLines(details),
  ]
  const texts = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return texts.join('\n\n')
}

const flagNames = ['qr', 'aa', 'tc', 'rd', 'ra', 'ad', 'cd'] as const

function headerLines(message: Message): string[] {
  const { opcode, rcode, id, question, edns, qr, rd, ra } = message
  const status = `opcode: ${opcodeName(opcode)}, status: ${rcodeName(rcode)}, id: ${id}`
  const flags = flagNames.filter((flag) => message[flag]).map((flag) => ` ${flag}`)
  const counts = [
    `QUERY: ${question === undefined ? 0 : 1}`,
    `ANSWER: ${countRecords(message.answer)}`,
    `AUTHORITY: ${countRecords(message.authority)}`,
    `ADDITIONAL: ${countRecords(message.additional) + (edns === undefined ? 0 : 1)}`,
  ]
  return [
    `;; ->>HEADER<<- ${status}`,
    `;; flags:${flags.join('')}; ${counts.join(', ')}`,
    ...(qr && rd && !ra ? [';; WARNING: recursion requested but not available'] : []),
  ]
}

function countRecords(rrsets: readonly RRset[]): number {
  return rrsets.reduce((count, { rdata }) => count + rdata.length, 0)
}

function optLines(edns: Edns | undefined): string[] {
  if (edns === undefined) return []
  const flags = edns.dnssecOk ? ' do' : ''
  return [
    ';; OPT PSEUDOSECTION:',
    `; EDNS: version: ${edns.version}, flags:${flags}; udp: ${edns.payloadSize}`,
    ...errorLines(edns.extendedError),
  ]
}

function errorLines(error: ExtendedError | undefined): string[] {
  if (error === undefined) return []
  const name = extendedErrorName(error.infoCode)
  const text = error.text === '' ? '' : `: (${error.text})`
  return [`; EDE: ${error.infoCode}${name === undefined ? '' : ` (${name})`}${text}`]
}

function questionLines(question: Question | undefined): string[] {
  if (question === undefined) return []
  const { spelling, qclass, qtype } = question
  const cells: Cell[] = [
    [0, formatName(spelling)],
    [32, className(qclass)],
    [40, typeName(qtype)],
  ]
  return [';; QUESTION SECTION:', `;${layOut(cells)}`]
}

function sectionLines(section: Section, message: Message): string[] {
  const lines = message[section].flatMap((rrset) => recordLines(rrset, message.question))
  return lines.length === 0 ? [] : [`;; ${section.toUpperCase()} SECTION:`, ...lines]
}

function recordLines({ owner, ttl, type, rdata }: RRset, question: Question | undefined): string[] {
  const spell = (name: Name) => formatName(spellAsAsked(name, question))
  const name = spell(owner)
  return rdata.map((one) =>
    layOut([
      [0, name],
      [24, `${ttl}`],
      [32, 'IN'],
      [40, mnemonicOf(type)],
      [48, codecOf(type).format(one, spell)],
    ]),
  )
}

/** A name with the letter case it has on the wire: what it shares with the question is a pointer to it. */
function spellAsAsked(name: Name, question: Question | undefined): string {
  if (question === undefined || question.qname === question.spelling) return name
  const labels = labelsOf(name)
  const own = labels.findIndex((_, index) => isSubdomain(question.qname, nameOf(labels.slice(index))))
  if (own < 0) return name
  const shared = nameOf(labels.slice(own)).length
  return name.slice(0, name.length - shared) + question.spelling.slice(-shared)
}

type Cell = readonly [column: number, text: string]

/** Sets each text at its column with tabs of eight; where the one before is too long, a blank divides them. */
function layOut(cells: readonly Cell[]): string {
  let line = ''
  let at = 0
  for (const [column, text] of cells) {
    const to = line === '' ? 0 : Math.max(column, at + 1)
    const tabs = Math.floor(to / 8) - Math.floor(at / 8)
    const blanks = tabs > 0 ? to % 8 : to - at
    line += '\t'.repeat(tabs) + ' '.repeat(blanks) + text
    at = to + text.length
  }
  return line
}

function detailLines({ queryTimeMs, server, when, size }: ExchangeDetails): string[] {
  return [
    ...(queryTimeMs === undefined ? [] : [`;; Query time: ${queryTimeMs} msec`]),
    ...(server === undefined ? [] : [`;; SERVER: ${server}`]),
    ...(when === undefined ? [] : [`;; WHEN: ${formatDate(when)}`]),
    ...(size === undefined ? [] : [`;; MSG SIZE  rcvd: ${size}`]),
  ]
}

/** `Mon Nov 23 00:18:06 UTC 2026`. */
function formatDate(date: Date): string {
  const [weekday = '', day, month, year, time] = date.toUTCString().split(/,? /)
  return `${weekday} ${month} ${day} ${time} UTC ${year}`
}
