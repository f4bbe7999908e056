import type { ClusterStore } from '../cluster/store.ts'
import type { CorefileError } from '../corefile/errors.ts'
import type { Directive, ServerBlock } from '../corefile/model.ts'
import type { Clock } from '../util/clock.ts'
import { ServerError } from '../util/errors.ts'
import type { Logger } from '../util/log.ts'
import type { Timer } from '../util/timer.ts'
import type { Endpoint } from './endpoint.ts'
import type { Handler, Next } from './handler.ts'
import type { Observer } from './observer.ts'
import type { Offers } from './offers.ts'

/** What a directive may use to become a plugin. Nothing here opens a socket. */
export interface SetupContext {
  readonly serverBlock: ServerBlock
  readonly cluster: ClusterStore
  readonly log: Logger
  readonly clock: Clock
  readonly timer: Timer
  /** What the plugins of this server block have for one another. */
  readonly offers: Offers
  /** The addresses that the server block is reached at: where it listens, wildcards taken apart. */
  readonly localAddresses: readonly string[]
  /** Asks the whole server, as if a client had asked it: for the target of a CNAME. */
  readonly resolve: Next
  /**
   * Reads a file that a directive names.
   *
   * @throws anything, if there is no such file or it cannot be read
   */
  readonly readText: (path: string) => string
}

/** What a directive becomes, in any mixture. */
export interface Plugin {
  /** A link of the chain. */
  readonly handler?: Handler
  /** Watches every exchange. */
  readonly observer?: Observer
  /** Is told over HTTP for as long as the process runs. */
  readonly endpoint?: Endpoint
}

/**
 * Turns every occurrence of one directive in a server block into a plugin: text to configuration, no I/O but `readText`.
 *
 * @throws CorefileError what was found, what was expected, and where; whoever calls it names the plugin
 */
export type Setup = (occurrences: readonly Directive[], context: SetupContext) => Plugin

/** A directive that cannot be used, in the form CoreDNS's users know: `plugin/NAME: FILE:LINE - Error during …`. */
export class PluginSetupError extends ServerError {
  readonly file: string
  readonly line: number

  constructor(plugin: string, cause: CorefileError) {
    super('PLUGIN_SETUP', `plugin/${plugin}: ${cause.message}`, { cause })
    this.file = cause.file
    this.line = cause.line
  }
}
