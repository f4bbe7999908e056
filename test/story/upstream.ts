import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { outsideAddress, outsideNames } from './world.ts'

/** A real unbound that knows one zone, and can be killed and started again. */
export class Upstream {
  readonly #file: string
  #child: ChildProcess | undefined

  /** @param file where its configuration is written */
  constructor(file: string, port: number) {
    this.#file = file
    const names = Array.from(
      { length: outsideNames + 1 },
      (_, index) => `  local-data: "n${index}.outside.test. 5 IN A ${outsideAddress(index)}"`,
    )
    writeFileSync(
      file,
      `server:
  interface: 127.0.0.1@${port}
  do-daemonize: no
  use-syslog: no
  logfile: ""
  verbosity: 0
  username: ""
  chroot: ""
  directory: ""
  pidfile: ""
  do-not-query-localhost: no
  local-zone: "outside.test." static
${names.join('\n')}
remote-control:
  control-enable: no
`,
    )
  }

  start(): void {
    this.#child = spawn('unbound', ['-d', '-c', this.#file], { stdio: 'ignore' })
  }

  /** As a crash does. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
}
