import type { Corefile, Directive, ServerBlock, Token } from '../../src/corefile/model.ts'
import { formatServerKey } from '../../src/corefile/server-key.ts'

/** A Corefile with one line a server block: `dns://.:53 { errors; health { lameduck 5s } }`. */
export function outline({ serverBlocks }: Corefile): string[] {
  return serverBlocks.map(formatBlock)
}

function formatBlock({ keys, directives }: ServerBlock): string {
  return `${keys.map((key) => formatServerKey(key, 53)).join(' ')} ${inBraces(directives.map(formatDirective))}`
}

export function formatDirective({ name, args, body }: Directive): string {
  const words = [name, ...args.map(formatToken)]
  return [...words, ...(body === undefined ? [] : [inBraces(body.map(formatLine))])].join(' ')
}

function formatLine(line: readonly Token[]): string {
  return line.map(formatToken).join(' ')
}

function formatToken({ text }: Token): string {
  return /[\s"]|^$/.test(text) ? JSON.stringify(text) : text
}

function inBraces(lines: readonly string[]): string {
  return lines.length === 0 ? '{}' : `{ ${lines.join('; ')} }`
}
