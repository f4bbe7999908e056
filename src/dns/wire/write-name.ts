import type { Name } from '../name.ts'
import { uncompressedDns2Name } from './dns2-name.ts'
import type { OctetWriter } from './writer.ts'

/** A pointer has 14 bits for its offset (RFC 1035 section 4.1.4). */
const maximumPointer = 0x3fff

/**
 * Appends a name, as a pointer from the first label on that was written before, and remembers where it stands.
 *
 * @param text as `dns2Name` makes it
 */
export function writeName(text: string, writer: OctetWriter): void {
  const name = text.endsWith('.') ? text.slice(0, -1) : text
  const folded = name.toLowerCase()
  for (let at = 0; at < name.length; ) {
    const suffix = folded.slice(at)
    const offset = writer.names.get(suffix)
    if (offset !== undefined) {
      writer.write(0xc000 | offset, 16)
      return
    }
    if (writer.byteLength() <= maximumPointer) writer.names.set(suffix, writer.byteLength())
    at = writeLabel(name, at, writer)
  }
  writer.write(0, 8)
}

/** As `writeName`, of the name that stands first in a message. */
export function writeFirstName(text: string, writer: OctetWriter): void {
  const name = text.endsWith('.') ? text.slice(0, -1) : text
  writer.names.begin(name.toLowerCase(), writer.byteLength())
  for (let at = 0; at < name.length; ) at = writeLabel(name, at, writer)
  writer.write(0, 8)
}

/** Appends a name that is never compressed, and that none is compressed by. */
export function writeFullName(name: Name, writer: OctetWriter): void {
  writeName(uncompressedDns2Name(name), writer)
}

/** Octets of a name in full: a length for each dot, and the root's. Of escapes it counts more than there are. */
export function octetsOfName(name: Name): number {
  return name.length + 1
}

/** @returns where the next label begins */
function writeLabel(name: string, at: number, writer: OctetWriter): number {
  const dot = name.indexOf('.', at)
  const end = dot === -1 ? name.length : dot
  writer.write(end - at, 8)
  for (let index = at; index < end; index++) writer.write(name.charCodeAt(index) & 0xff, 8)
  return end + 1
}
