/** One command of a page, and what the page says that it prints. */
export interface Example {
  /** The line of the page that the command stands on, from 1. */
  readonly line: number
  /** What follows the `$ `. */
  readonly command: string
  readonly output: string
}

/**
 * The commands of all ```console blocks of a Markdown page, in order.
 *
 * In such a block a line that begins with `$ ` is a command, and what follows up to the next one is its output.
 */
export function consoleExamples(page: string): Example[] {
  const examples: { line: number; command: string; lines: string[] }[] = []
  let inside = false
  for (const [index, text] of page.split('\n').entries()) {
    if (text.startsWith('```')) inside = !inside && text.trim() === '```console'
    else if (inside && text.startsWith('$ '))
      examples.push({ line: index + 1, command: text.slice(2).trim(), lines: [] })
    else if (inside) examples.at(-1)?.lines.push(text)
  }
  return examples.map(({ line, command, lines }) => ({ line, command, output: lines.join('\n').trim() }))
}

/** The words of a command; quotes hold one together. No other rule of a shell is known here. */
export function wordsOf(command: string): string[] {
  const words = command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)
  return [...words].map(([, single, double, bare]) => single ?? double ?? bare ?? '')
}
