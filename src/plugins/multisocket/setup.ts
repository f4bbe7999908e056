import { noBlock, someArguments, wrongArguments } from '../../corefile/directive-reader.ts'
import { CorefileError, withPosition } from '../../corefile/errors.ts'
import { parseInteger } from '../../corefile/integer.ts'
import type { Token } from '../../corefile/model.ts'
import type { Setup } from '../../plugin/setup.ts'

const maxSockets = 1024

/** `multisocket [N]`: read and checked, without effect. */
export const setupMultisocket: Setup = (occurrences, { log }) => {
  const [directive, second] = occurrences
  if (second !== undefined) throw wrongArguments({ ...second, args: [] })
  if (directive === undefined) return {}
  noBlock(directive)
  const [count] = someArguments(directive, { max: 1 })
  if (count !== undefined) checkCount(count)
  log.info('plugin/multisocket: without effect: each address has one socket, which one thread reads in batches')
  return {}
}

function checkCount(token: Token): void {
  const count = withPosition(token, () => parseInteger(token.text), 'invalid num sockets: ')
  if (count < 1) throw new CorefileError(token, `num sockets can not be zero or negative: ${count}`)
  if (count > maxSockets) throw new CorefileError(token, `num sockets exceeds maximum (${maxSockets}): ${count}`)
}
