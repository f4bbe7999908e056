import { readDuration, someArguments, walkProperties } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Directive } from '../../corefile/model.ts'
import type { ReloadSettings } from '../../plugin/settings.ts'
import type { Setup } from '../../plugin/setup.ts'

const defaultIntervalMs = 30_000
const leastIntervalMs = 2_000
const defaultJitterMs = 15_000
const leastJitterMs = 1_000

/** `reload [INTERVAL] [JITTER]`; of several in a block the first counts. */
export const setupReload: Setup = (occurrences) => {
  const [settings] = occurrences.map(readReload)
  return settings === undefined ? {} : { settings: { reload: settings } }
}

function readReload(directive: Directive): ReloadSettings {
  walkProperties(directive, {})
  const [interval, jitter] = someArguments(directive, { max: 2 })
  const intervalMs = interval === undefined ? defaultIntervalMs : readDuration(interval)
  if (intervalMs < leastIntervalMs) {
    throw new CorefileError(interval ?? directive, 'interval value must be greater or equal to 2s')
  }
  const jitterMs = jitter === undefined ? defaultJitterMs : readDuration(jitter)
  if (jitterMs !== 0 && jitterMs < leastJitterMs) {
    throw new CorefileError(jitter ?? directive, 'jitter value must be 0 or greater or equal to 1s')
  }
  return { intervalMs, jitterMs: Math.min(jitterMs, intervalMs / 2) }
}
