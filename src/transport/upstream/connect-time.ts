/** How long to wait for a connection: twice what connections took of late, within bounds, as CoreDNS has it. */
export class ConnectTime {
  #averageMs = longestMs / 2

  get limitMs(): number {
    return Math.min(Math.max(2 * this.#averageMs, shortestMs), longestMs)
  }

  /** @param ms what an attempt took, with or without success */
  observe(ms: number): void {
    this.#averageMs += (ms - this.#averageMs) / weight
  }
}

const shortestMs = 1000
const longestMs = 30_000
/** The latest one counts for a quarter. */
const weight = 4
