import { ClusterStore } from '../../src/cluster/store.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import type { Settings } from '../../src/plugin/settings.ts'
import { buildConfiguration, configurationErrors } from '../../src/server/build.ts'
import { messageOf } from '../../src/util/errors.ts'
import { createLogger, silentLogger } from '../../src/util/log.ts'
import { memoryIo } from '../corefile/memory-io.ts'

export interface BuiltDirectives {
  readonly settings: Settings | undefined
  readonly lines: readonly string[]
}

/** What these lines of a server block set outside of its chain, and what they log. */
export function buildDirectives(text: string): BuiltDirectives {
  const lines: string[] = []
  const corefile = parseCorefile(`.:53 {\n${text}\n}\n`, 'Corefile', memoryIo())
  const clock = { now: () => 1000 }
  const log = createLogger((line) => lines.push(line), 'debug')
  const { blocks } = buildConfiguration(corefile, { cluster: new ClusterStore(clock), log, clock, listen: [] })
  return { settings: blocks[0]?.settings, lines }
}

/** All that is wrong with a Corefile that can be parsed. */
export function configurationErrorsOf(text: string): readonly string[] {
  const clock = { now: () => 1000 }
  const context = { cluster: new ClusterStore(clock), log: silentLogger, clock, listen: [] }
  return configurationErrors(parseCorefile(text, 'Corefile', memoryIo()), context).map(messageOf)
}
