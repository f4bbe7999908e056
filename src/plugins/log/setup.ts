import { type Property, someArguments, walkProperties } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Directive, Token } from '../../corefile/model.ts'
import { type Name, root, tryParseName } from '../../dns/name.ts'
import type { Setup } from '../../plugin/setup.ts'
import { commonFormat } from './format.ts'
import { type LogClass, type LogRule, log, logClasses } from './log.ts'

/** `log [NAMES…] [FORMAT] { class CLASS… }`, as often as wanted. */
export const setupLog: Setup = (occurrences, context) => ({
  observer: log(occurrences.map(readRule), { write: (line) => context.log.info(line), offers: context.offers }),
})

function readRule(directive: Directive): LogRule {
  const { names, format } = splitArguments(directive.args)
  const classes = new Set<LogClass>()
  walkProperties(directive, {
    class: (property) => {
      for (const logClass of readClasses(property)) classes.add(logClass)
    },
  })
  return {
    zones: names.length === 0 ? [root] : names.map(readName),
    format,
    classes: classes.size === 0 ? new Set(['all']) : classes,
  }
}

/** A single argument is always a name; of several, the last is the format if it has a brace. */
function splitArguments(args: readonly Token[]): { names: readonly Token[]; format: string } {
  const last = args.at(-1)
  const hasFormat = args.length > 1 && last?.text.includes('{') === true
  return hasFormat ? { names: args.slice(0, -1), format: last.text } : { names: args, format: commonFormat }
}

function readName(token: Token): Name {
  const name = tryParseName(token.text)
  if (name === undefined) throw new CorefileError(token, `'${token.text}' is no domain name`)
  return name
}

function readClasses(property: Property): LogClass[] {
  return someArguments(property, { min: 1 }).map((token) => {
    const known = logClasses.find((logClass) => logClass === token.text)
    if (known === undefined) {
      throw new CorefileError(token, `invalid Class: ${token.text}, expected ${logClasses.join(', ')}`)
    }
    return known
  })
}
