/** Collects all garbage: Node.js has it with --expose-gc only (.mocharc.stress.json). */
export function collect(): void {
  if (globalThis.gc === undefined) throw new Error('expected node --expose-gc')
  globalThis.gc()
}

/** Has garbage made and collected all the while: memory that nothing holds on to is soon somebody else's. */
export function collectAllTheWhile(pauseMs: number): { stop(): void } {
  const held: Uint8Array[] = []
  let timer: NodeJS.Timeout | undefined
  const next = (): void => {
    for (let count = 0; count < 50; count++) held[count] = new Uint8Array(1000 + count * 1000).fill(0xa5)
    collect()
    timer = setTimeout(next, pauseMs)
  }
  next()
  return { stop: () => clearTimeout(timer) }
}
