/** A flag that may be given; a switch is one without a value. */
export interface Flag {
  readonly name: string
  readonly kind: 'string' | 'switch'
  readonly help: string
  /** Told in the usage; none: empty. */
  readonly byDefault?: string
  /** The flag that it is another name of: the value is that one's. */
  readonly aliasOf?: string
}

export type ParsedFlags =
  | {
      readonly kind: 'parsed'
      /** The last value of each flag that was given; of a switch `true` or `false`. */
      readonly values: ReadonlyMap<string, string>
      /** From the first argument on that is no flag. */
      readonly rest: readonly string[]
    }
  | { readonly kind: 'help' }
  /** In the words of Go. */
  | { readonly kind: 'wrong'; readonly message: string }

/**
 * Reads a command line as Go's package `flag` does: one dash or two, `-flag=value` or `-flag value`, up to the first
 * argument that is none, or behind `--`.
 */
export function parseFlags(args: readonly string[], flags: readonly Flag[]): ParsedFlags {
  const values = new Map<string, string>()
  for (let at = 0; ; at++) {
    const arg = args[at]
    if (arg === undefined || !arg.startsWith('-') || arg === '-')
      return { kind: 'parsed', values, rest: args.slice(at) }
    if (arg === '--') return { kind: 'parsed', values, rest: args.slice(at + 1) }
    const [, name = '', given] = /^--?([^=]*)(?:=(.*))?$/s.exec(arg) ?? []
    if (name === '' || name.startsWith('-')) return wrong(`bad flag syntax: ${arg}`)
    const flag = flags.find((each) => each.name === name)
    if (flag === undefined && (name === 'h' || name === 'help')) return { kind: 'help' }
    if (flag === undefined) return wrong(`flag provided but not defined: -${name}`)
    const { aliasOf: key = name } = flag
    if (flag.kind === 'switch') {
      const value = readSwitch(given ?? 'true')
      if (value === undefined) return wrong(`invalid boolean value ${JSON.stringify(given)} for -${name}: parse error`)
      values.set(key, String(value))
    } else {
      const value = given ?? args[++at]
      if (value === undefined) return wrong(`flag needs an argument: -${name}`)
      values.set(key, value)
    }
  }
}

/** What Go prints where a command line is wrong, or help is asked for. */
export function usage(program: string, flags: readonly Flag[]): string {
  return [
    `Usage of ${program}:`,
    ...flags.flatMap(({ name, kind, help, byDefault }) => [
      `  -${name}${kind === 'string' ? ' string' : ''}`,
      `    \t${help}${byDefault === undefined ? '' : ` (default ${JSON.stringify(byDefault)})`}`,
    ]),
  ].join('\n')
}

/** As Go's `strconv.ParseBool`. */
function readSwitch(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text) ? false : undefined
}

function wrong(message: string): ParsedFlags {
  return { kind: 'wrong', message }
}
