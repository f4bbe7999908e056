import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('./', import.meta.url)

/** The octets of `<name>.hex`: hexadecimal digits and blanks, a comment from `#` to the end of a line. */
export function readGolden(name: string): Uint8Array {
  const text = readFileSync(new URL(`${name}.hex`, folder), 'utf8')
  return Uint8Array.from(Buffer.from(text.replace(/#.*$/gm, '').replace(/\s/g, ''), 'hex'))
}

/** Every golden message there is. */
export function goldenNames(): string[] {
  return readdirSync(folder).flatMap((file) => (file.endsWith('.hex') ? [file.slice(0, -'.hex'.length)] : []))
}
