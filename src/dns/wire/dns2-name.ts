/**
 * Names as dns2 takes them for encoding.
 *
 * dns2 joins labels with dots, lower-cases names to compare them, and writes the low octet of each character. So a
 * character's high octet is ours: it hides a dot inside a label, keeps octets over 0x7f from being folded as
 * letters, and marks names that are to be written in full. All are private use characters, which have no case.
 */
import { parseLabels } from '../name.ts'

const exactPlane = 0xe000
const uncompressedPlane = 0xe100

/** A name in presentation format, its letter case kept. */
export function dns2Name(text: string): string {
  if (!text.includes('\\')) return text // printable ASCII, and every dot separates
  return parseLabels(text)
    .map((label) => label.replace(/[.\x80-\xff]/g, (character) => inPlane(exactPlane, character)))
    .join('.')
}

/** A name that is written in full, and that no other name points into. */
export function uncompressedDns2Name(text: string): string {
  return parseLabels(text)
    .map((label) => label.replace(/[\0-\xff]/g, (character) => inPlane(uncompressedPlane, character)))
    .join('.')
}

/** Whether `uncompressedDns2Name` made this name, or the name this one is a suffix of. */
export function isUncompressed(name: string): boolean {
  return (name.charCodeAt(0) & 0xff00) === uncompressedPlane
}

function inPlane(plane: number, character: string): string {
  return String.fromCharCode(plane | character.charCodeAt(0))
}
