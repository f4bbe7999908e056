import { type ServeOptions, serveManifests, type TestServer } from '../../support/serve.ts'
import { UpstreamDouble } from '../../support/upstream-double.ts'
import { until } from '../../transport/until.ts'

/** Doubles and servers of one test file, all of which end after each test. */
export class Serving {
  readonly #doubles: UpstreamDouble[] = []
  readonly #servers: TestServer[] = []

  async upstream(): Promise<UpstreamDouble> {
    const double = await UpstreamDouble.start()
    this.#doubles.push(double)
    return double
  }

  /** Ends with the others. */
  keep(double: UpstreamDouble): UpstreamDouble {
    this.#doubles.push(double)
    return double
  }

  /** A server block for the root with `errors` and these directives. */
  server(directives: string, options: Omit<ServeOptions, 'corefile'> = {}): TestServer {
    const server = serveManifests('', `. {\nerrors\n${directives}\n}\n`, options)
    this.#servers.push(server)
    return server
  }

  /** A free port of the loopback address that nothing listens on. */
  async deadPort(): Promise<number> {
    const double = await UpstreamDouble.start()
    await double.stop()
    return double.port
  }

  async end(): Promise<void> {
    for (const server of this.#servers.splice(0)) await server.stop()
    for (const double of this.#doubles.splice(0)) await double.stop()
  }
}

/** Waits until the double has received so many queries, and lets so much time pass. */
export async function afterQueries(double: UpstreamDouble, count: number, server: TestServer, ms: number) {
  await until(() => double.received.length >= count)
  server.timer.pass(ms)
}
