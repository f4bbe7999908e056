import { CorefileError } from './errors.ts'
import type { ServerBlock } from './model.ts'
import { formatServerKey } from './server-key.ts'

/**
 * Refuses a zone that is served twice on one port.
 *
 * Only for what the keys alone can tell: blocks that `bind` addresses or filter with `view` may share a zone, and are
 * left to the server, which knows addresses and filters.
 *
 * @throws CorefileError at the second of the two keys
 */
export function checkDuplicates(serverBlocks: readonly ServerBlock[], defaultPort: number): void {
  const served = new Set<string>()
  for (const key of serverBlocks.filter(isServedEverywhere).flatMap(({ keys }) => keys)) {
    const address = formatServerKey(key, defaultPort)
    if (served.has(address)) throw new CorefileError(key, `cannot serve ${address} - it is already defined`)
    served.add(address)
  }
}

function isServedEverywhere({ directives }: ServerBlock): boolean {
  return !directives.some(({ name }) => name === 'bind' || name === 'view')
}
