/** Levels in rising order of urgency, in CoreDNS's words (they are the prefixes of its lines). */
export const logLevels = ['debug', 'info', 'warning', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

/** Where lines of the server's own log go. One line a call; no time stamps, as CoreDNS prints none. */
export interface Logger {
  debug(line: string): void
  info(line: string): void
  warning(line: string): void
  error(line: string): void
}

/**
 * A logger that writes `[LEVEL] line` through `write`, leaving out what is below `threshold`.
 *
 * @param write takes one line without its line end
 * @param threshold asked again for each line, where it may change
 */
export function createLogger(write: (line: string) => void, threshold: LogLevel | (() => LogLevel) = 'info'): Logger {
  const least = typeof threshold === 'string' ? () => threshold : threshold
  const at = (level: LogLevel) => (line: string) => {
    if (logLevels.indexOf(level) >= logLevels.indexOf(least())) write(`[${level.toUpperCase()}] ${line}`)
  }
  return { debug: at('debug'), info: at('info'), warning: at('warning'), error: at('error') }
}

/** Says nothing: for tests and for commands whose output is their answer. */
export const silentLogger: Logger = createLogger(() => {})
