import { OPCODE } from '../../../src/dns/iana.ts'
import type { Message } from '../../../src/dns/message.ts'
import { decodeMessage } from '../../../src/dns/wire/decode.ts'
import { PrimaryDouble } from '../../support/primary-double.ts'
import { encodeQuery, serveManifests, type TestServer } from '../../support/serve.ts'
import { until } from '../../transport/until.ts'

export const soa = (serial: number, timers = '3600 600 86400 60', origin = 'example.org.') =>
  `${origin} 60 IN SOA ns.${origin} host.${origin} ${serial} ${timers}`

/** A zone of one address. */
export const zone = (serial: number, address: string, origin = 'example.org.') => [
  soa(serial, undefined, origin),
  `${origin} 60 IN NS ns.${origin}`,
  `web.${origin} 60 IN A ${address}`,
]

/** By so much an attempt may come later than it is due. */
const jitterMs = 5000
const stepMs = 100

/** Servers and primaries of one test, which end with it. */
export class Serving {
  readonly #servers: TestServer[] = []
  readonly #primaries: PrimaryDouble[] = []

  async primary(zones?: Record<string, readonly string[]>): Promise<PrimaryDouble> {
    const primary = await PrimaryDouble.start(zones)
    this.#primaries.push(primary)
    return primary
  }

  async start(corefile: string): Promise<Started> {
    const server = serveManifests('', corefile)
    this.#servers.push(server)
    await server.start()
    return new Started(server)
  }

  /** `secondary` for example.org, of these primaries. */
  secondary(from: readonly { readonly at: string }[], more = ''): Promise<Started> {
    const primaries = from.map(({ at }) => at).join(' ')
    return this.start(`. {\nsecondary example.org {\ntransfer from ${primaries}\n}\n${more}\n}`)
  }

  async end(): Promise<void> {
    for (const server of this.#servers.splice(0)) await server.stop()
    for (const { upstream } of this.#primaries.splice(0)) await upstream.stop()
  }
}

export class Started {
  readonly server: TestServer

  constructor(server: TestServer) {
    this.server = server
  }

  get timer() {
    return this.server.timer
  }

  /** The address of a name, or the rcode. */
  async web(name = 'web.example.org.'): Promise<string> {
    const { rcode, answer } = await this.server.ask(`${name} A`)
    return answer[0]?.split(' ').at(-1) ?? rcode
  }

  /** Waits for so many lines of this kind; all of them. */
  async lines(pattern: RegExp, count = 1): Promise<readonly string[]> {
    const found = () => this.server.lines.filter((line) => pattern.test(line))
    await until(() => found().length >= count)
    return found()
  }

  transferred(count = 1): Promise<readonly string[]> {
    return this.lines(/Transferred: /, count)
  }

  /** Undefined: there is no answer. */
  async notify(name: string, from = '127.0.0.1', changes: Partial<Message> = {}): Promise<Message | undefined> {
    const message = { opcode: OPCODE.NOTIFY, aa: true, ...changes }
    const client = { address: from, port: 40_000 }
    const reply = await this.server.send(encodeQuery(`${name} SOA`, { message }), { client })
    return reply && decodeMessage(reply)
  }

  /** Lets so much time go by, and more until an attempt begins: no more than that, or its own limits would be over. */
  async attemptAfter(ms: number): Promise<void> {
    await this.settle()
    const { calls } = this.timer
    this.timer.pass(ms)
    for (let passed = 0; passed < jitterMs && this.timer.calls === calls; passed += stepMs) this.timer.pass(stepMs)
  }

  /** Lets what is under way go on as far as it comes without time. */
  async settle(): Promise<void> {
    for (let round = 0; round < 20; round++) await new Promise(setImmediate)
  }
}
