import { isIP } from 'node:net'
import { type Command, InvalidArgumentError } from 'commander'
import { TYPE, typeCode } from '../dns/iana.ts'
import { formatLabels, type Name, parseLabels, parseName } from '../dns/name.ts'
import { reverseName } from '../dns/reverse.ts'
import { canonicalAddress } from '../util/address.ts'
import { messageOf } from '../util/errors.ts'
import { loopback } from './without-sockets.ts'

/** What `query` and `explain` ask: a name, and the type to ask for where none is given. */
export interface Asked {
  readonly qname: Name
  readonly spelling: string
  readonly defaultType: number
}

export interface AskerOptions {
  /** Who asks. */
  readonly client: string
}

/** Takes the arguments `<name> [type]`, and who asks. */
export function withQuestion(command: Command): Command {
  return command
    .argument('<name>', 'the name, fully qualified; an address asks for its reverse name', asQname)
    .argument('[type]', 'A, AAAA, SRV, PTR, … or TYPEn; A for a name, PTR for an address', asQtype)
    .option('--client <address>', 'who asks: answers may depend on it, by views for example', asAddress, loopback)
}

function asAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('expected an IPv4 or IPv6 address')
  return text
}

function asQname(text: string): Asked {
  if (isIP(text) !== 0) {
    const qname = reverseName(canonicalAddress(text))
    return { qname, spelling: qname, defaultType: TYPE.PTR }
  }
  try {
    return { qname: parseName(text), spelling: formatLabels(parseLabels(text)), defaultType: TYPE.A }
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error))
  }
}

function asQtype(text: string): number {
  const code = typeCode(text)
  if (code === undefined) throw new InvalidArgumentError('expected a record type, such as A, SRV or TYPE65')
  return code
}
