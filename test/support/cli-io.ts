import type { CliIo, OtherSignal } from '../../src/cli/io.ts'

/** What a command may touch of a process, of which all is kept. */
export interface TestIo {
  readonly io: CliIo
  readonly out: readonly string[]
  readonly err: readonly string[]
  /** The codes that it wanted to end with at once: it goes on. */
  readonly exits: readonly number[]
  stop(): void
  signal(signal: OtherSignal): void
  /** Does what is to be done as the process ends. */
  end(): void
}

export function testIo(): TestIo {
  const controller = new AbortController()
  const out: string[] = []
  const err: string[] = []
  const exits: number[] = []
  const atExit: (() => void)[] = []
  const atSignal: { readonly signal: OtherSignal; readonly act: () => void }[] = []
  return {
    io: {
      out(text) {
        for (const line of text.split('\n')) out.push(line)
      },
      err(text) {
        for (const line of text.split('\n')) err.push(line)
      },
      stop: controller.signal,
      onSignal: (signal, act) => atSignal.push({ signal, act }),
      onExit: (act) => atExit.push(act),
      exit: (code) => exits.push(code),
    },
    ...{ out, err, exits },
    stop: () => controller.abort('it is asked to end'),
    signal(signal) {
      for (const each of atSignal) if (each.signal === signal) each.act()
    },
    end() {
      for (const act of atExit) act()
    },
  }
}
