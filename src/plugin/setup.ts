import type { ClusterStore } from '../cluster/store.ts'
import type { CorefileError } from '../corefile/errors.ts'
import type { Directive, ServerBlock } from '../corefile/model.ts'
import type { SocketAddress } from '../util/address.ts'
import type { Clock } from '../util/clock.ts'
import { ServerError } from '../util/errors.ts'
import type { Logger } from '../util/log.ts'
import type { MaybePromise } from '../util/maybe-promise.ts'
import type { Metrics } from '../util/metrics.ts'
import type { Timer } from '../util/timer.ts'
import type { Endpoint } from './endpoint.ts'
import type { Handler, Next } from './handler.ts'
import type { NotifyReceiver } from './notify.ts'
import type { Observer } from './observer.ts'
import type { Offers } from './offers.ts'
import type { Settings } from './settings.ts'
import type { Upstreams } from './upstream.ts'
import type { View } from './view.ts'

/** What a directive may use to become a plugin. Nothing here opens a socket. */
export interface SetupContext {
  readonly serverBlock: ServerBlock
  readonly cluster: ClusterStore
  readonly log: Logger
  readonly clock: Clock
  readonly timer: Timer
  readonly metrics: Metrics
  /** How metrics name the server that the block's first zone is served by: `dns://:53`, `dns://127.0.0.1:1053`. */
  readonly serverLabel: string
  /** How metrics name the view that the server block is (plugin view); empty: it is none. */
  readonly viewLabel: string
  /** The name of this machine; in a cluster that of the Pod. */
  readonly hostname: string
  /** What the plugins of this server block have for one another. */
  readonly offers: Offers
  /** The addresses that the server block is reached at: where it listens, wildcards taken apart. */
  readonly localAddresses: readonly string[]
  /** Asks the whole server, as if a client had asked it: for the target of a CNAME. */
  readonly resolve: Next
  /** Drops all answers that were made from one of these (`Validity`): for plugins whose data change by themselves. */
  readonly invalidate: (tags: readonly string[]) => void
  /**
   * Hears of all tags whose answers are no longer what they were, whoever has them (`Validity`).
   *
   * @returns what ends it
   */
  readonly onChange: (listener: (tags: Iterable<string>) => void) => () => void
  readonly files: Files
  readonly interfaceAddresses: InterfaceAddresses
  /** Other DNS servers. */
  readonly upstreams: Upstreams
  /** Ends the process with exit code 1, behind a line `[FATAL] message`: what is wrong is wrong for good. */
  readonly fatal: (message: string) => void
}

/** The addresses that a network interface has at this moment; undefined: there is none of this name. */
export type InterfaceAddresses = (name: string) => readonly string[] | undefined

/** Where the files are that directives name. */
export interface Files {
  /** @throws anything, if there is no such file or it cannot be read */
  readText(path: string): string
  /** Undefined: there is no such file. */
  stat(path: string): FileStat | undefined
  /**
   * Writes behind what is in the file, which is made where there is none, for nobody else to read.
   *
   * @throws anything, if it cannot be
   */
  append(path: string, text: string): void
  /**
   * What stands in a folder, by its name.
   *
   * @throws anything, if there is no such folder or it cannot be read
   */
  list(path: string): readonly FolderEntry[]
  /**
   * Where a path leads once symbolic links are followed.
   *
   * @throws anything, if it leads nowhere
   */
  realPath(path: string): string
}

export interface FolderEntry {
  readonly name: string
  /** A symbolic link to a folder is none. */
  readonly isFolder: boolean
}

export interface FileStat {
  /** Milliseconds since the Unix epoch. */
  readonly modifiedMs: number
  /** Octets. */
  readonly size: number
  readonly isDirectory: boolean
}

/** Work of a plugin beside the queries: timers, sockets. */
export interface Service {
  /**
   * Begins once the block's sockets answer.
   *
   * @param at where they answer plain DNS, over UDP and TCP
   */
  start?(at: readonly SocketAddress[]): MaybePromise<void>
  /** Ends all of it, when the last query of the block has been answered or given up. */
  stop(): MaybePromise<void>
}

/** What a directive becomes, in any mixture. */
export interface Plugin {
  /** A link of the chain. */
  readonly handler?: Handler
  /** Watches every exchange. */
  readonly observer?: Observer
  /** Is told over HTTP for as long as the process runs. */
  readonly endpoint?: Endpoint
  readonly service?: Service
  readonly notifyReceiver?: NotifyReceiver
  /** What it sets outside of the chain. */
  readonly settings?: Settings
  /** Which queries the whole block is for. */
  readonly view?: View
}

/**
 * Turns every occurrence of one directive in a server block into a plugin: text to configuration, no I/O but `files`.
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
