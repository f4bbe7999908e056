import { randomFillSync, randomInt } from 'node:crypto'

/** How many are drawn at once: a call of the system's generator costs more than an id. */
const drawn = 1024

/** Message ids that nobody can guess (RFC 5452 section 9.2). */
export class RandomIds {
  readonly #ids = new Uint16Array(drawn)
  #next = drawn

  next(): number {
    if (this.#next === drawn) {
      randomFillSync(this.#ids)
      this.#next = 0
    }
    const id = this.#ids[this.#next] ?? 0
    this.#ids[this.#next++] = 0 // it is out of our hands
    return id
  }
}

/** Above all ports that a service may be given, as Linux too draws them (net.ipv4.ip_local_port_range). */
const firstPort = 32_768
const endOfPorts = 65_536

/** A source port that nobody can guess (RFC 5452 section 9.2); it may be taken. */
export function randomPort(): number {
  return randomInt(firstPort, endOfPorts)
}
