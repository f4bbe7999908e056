import { minimumPayloadSize } from '../../dns/edns.ts'
import { distinctClassName, rcodeName, typeName } from '../../dns/iana.ts'
import { loggedName } from '../../plugin/logged-name.ts'
import type { Exchange } from '../../plugin/observer.ts'
import { formatAddressPart } from '../../util/address.ts'

export const commonFormat =
  '{remote}:{port} - {>id} "{type} {class} {name} {proto} {size} {>do} {>bufsize}" {rcode} {>rflags} {rsize} {duration}'
export const combinedFormat = `${commonFormat} "{>opcode}"`

type Part = (exchange: Exchange) => string

/** What a label of metadata stands for at an exchange; undefined: nobody says. */
export type LabelValue = (exchange: Exchange, label: string) => string | undefined

/** What stands for a placeholder: CoreDNS's (plugin/pkg/replacer), and `{reason}`. */
const placeholders: Readonly<Record<string, Part>> = {
  '{type}': ({ question }) => typeName(question.qtype),
  '{name}': ({ question }) => loggedName(question.qname),
  '{class}': ({ question }) => distinctClassName(question.qclass),
  '{proto}': ({ client }) => client.transport,
  '{size}': ({ querySize }) => String(querySize),
  '{remote}': ({ client }) => formatAddressPart(client.address),
  '{port}': ({ client }) => String(client.port),
  '{local}': ({ client }) => formatAddressPart(client.localAddress),
  '{rcode}': ({ rcode }) => rcodeName(rcode),
  '{rsize}': ({ responseSize }) => String(responseSize),
  '{duration}': ({ durationMs }) => formatDuration(durationMs),
  '{reason}': ({ reason }) => reason ?? '-',
  '{>id}': ({ id }) => String(id),
  '{>opcode}': ({ opcode }) => String(opcode),
  '{>do}': ({ dnssecOk }) => String(dnssecOk),
  // RFC 6891 section 6.2.3: less than 512 means 512.
  '{>bufsize}': ({ payloadSize }) => String(Math.max(payloadSize, minimumPayloadSize)),
  '{>rflags}': ({ flags }) => formatFlags(flags),
}

/** Turns a format into what writes a line: known placeholders are filled in, all else stays as it is. */
export function compileFormat(format: string, meaning: LabelValue): Part {
  const expanded = format.replaceAll('{common}', commonFormat).replaceAll('{combined}', combinedFormat)
  const parts = expanded.split(/(\{[^{}]*\})/).map((text): Part => partOf(text, meaning))
  return (exchange) => {
    let line = ''
    for (const part of parts) line += part(exchange)
    return line
  }
}

function partOf(text: string, meaning: LabelValue): Part {
  const placeholder = placeholders[text]
  if (placeholder !== undefined) return placeholder
  const [, label] = /^\{\/([^{}]+)\}$/.exec(text) ?? []
  return label === undefined ? () => text : (exchange) => meaning(exchange, label) ?? '-'
}

const flagBits = [
  ['qr', 0x8000],
  ['aa', 0x0400],
  ['tc', 0x0200],
  ['rd', 0x0100],
  ['ra', 0x0080],
  ['z', 0x0040],
  ['ad', 0x0020],
  ['cd', 0x0010],
] as const

function formatFlags(flags: number): string {
  let names = ''
  for (const [name, bit] of flagBits) {
    if ((flags & bit) !== 0) names += names === '' ? name : `,${name}`
  }
  return names === '' ? '-' : names
}

/** Seconds as the shortest decimal, never with an exponent, as Go prints them. */
function formatDuration(durationMs: number): string {
  const text = (durationMs / 1000).toFixed(9).replace(/0+$/, '').replace(/\.$/, '')
  return `${text}s`
}
