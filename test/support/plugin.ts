import type { Directive } from '../../src/corefile/model.ts'
import type { Handler } from '../../src/plugin/handler.ts'
import { noOffers } from '../../src/plugin/offers.ts'
import type { Setup, SetupContext } from '../../src/plugin/setup.ts'
import { Metrics } from '../../src/util/metrics.ts'
import { ManualTimer } from './manual-timer.ts'

/**
 * The handler of a plugin by itself, for what it makes of answers that no plugin below it gives.
 *
 * @param lines occurrences of its directive, with blanks between their words
 * @param context what it uses beyond offers, timer and metrics
 */
export function handlerOf(setup: Setup, lines: readonly string[], context: Partial<SetupContext> = {}): Handler {
  const occurrences = lines.map(directiveOf)
  const all = { offers: noOffers(), timer: new ManualTimer(), metrics: new Metrics(), ...context }
  const { handler } = setup(occurrences, all as SetupContext) // what a test leaves out it must not use
  if (handler === undefined) throw new Error('no handler')
  return handler
}

function directiveOf(line: string): Directive {
  const [name = '', ...words] = line.split(' ')
  const at = { file: 'Corefile', line: 1 }
  return { name, ...at, args: words.map((text) => ({ text, ...at })) }
}
