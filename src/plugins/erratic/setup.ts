import {
  noArguments,
  type Property,
  readDuration,
  someArguments,
  walkProperties,
} from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Directive, Token } from '../../corefile/model.ts'
import type { Setup } from '../../plugin/setup.ts'
import type { ErraticConfig } from './config.ts'
import { erratic, type QueryCount } from './erratic.ts'

const defaultAmount = 2
const defaultDelayMs = 100

/** `erratic { drop [N]; truncate [N]; delay [N [DURATION]]; large }`; of several the last words count. */
export const setupErratic: Setup = (occurrences, { offers, timer }) => {
  const count: QueryCount = { value: 0 }
  // As in CoreDNS: so that whoever waits for it sees it come and go.
  offers.probes.push({ name: 'erratic', isReady: () => count.value >= 3 && count.value < 5 })
  return { handler: erratic(readConfig(occurrences), timer, count) }
}

function readConfig(occurrences: readonly Directive[]): ErraticConfig {
  let drop: number | undefined
  let [truncate, delay, delayMs, isLarge] = [0, 0, 0, false]
  for (const directive of occurrences) {
    noArguments(directive)
    walkProperties(directive, {
      drop: (property) => {
        drop = readAmount(property, 1)
      },
      truncate: (property) => {
        truncate = readAmount(property, 1)
      },
      delay: (property) => {
        delay = readAmount(property, 2)
        const [, duration] = property.args
        delayMs = duration === undefined ? defaultDelayMs : Math.max(0, readDuration(duration))
      },
      large: (property) => {
        noArguments(property)
        isLarge = true
      },
    })
  }
  // Whoever asks for another failure alone wants that one.
  const isOther = truncate > 0 || delay > 0
  return { drop: drop ?? (isOther ? 0 : defaultAmount), truncate, delay, delayMs, isLarge }
}

/** The first argument, of at most `max`. */
function readAmount(property: Property, max: number): number {
  const [token] = someArguments(property, { max })
  return token === undefined ? defaultAmount : readInt32(token)
}

/** In the words of Go's `strconv.ParseInt`. */
function readInt32(token: Token): number {
  const quoted = JSON.stringify(token.text)
  const fail = (message: string) => new CorefileError(token, message)
  if (!/^[+-]?\d+$/.test(token.text)) throw fail(`strconv.ParseInt: parsing ${quoted}: invalid syntax`)
  const value = Number(token.text)
  if (value !== (value | 0)) throw fail(`strconv.ParseInt: parsing ${quoted}: value out of range`)
  if (value < 0) throw fail(`illegal amount value given ${quoted}`)
  return value
}
