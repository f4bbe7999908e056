import { setImmediate } from 'node:timers/promises'

/** Work that may be interrupted wherever it yields; returns what comes of it. */
export type Steps<T> = Generator<undefined, T, undefined>

/** How long others wait for their turn, as far as steps are short. */
const turnMs = 1

/** How often the event loop turns then: sockets are read a bounded number of datagrams at a time, too. */
const turnsOfOthers = 4

/** Does all steps at once. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** Does a few steps at a time, and lets the event loop turn in between, and once more before it resolves. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  let began = performance.now()
  for (;;) {
    const step = steps.next()
    if (step.done !== true && performance.now() - began < turnMs) continue
    for (let turn = 0; turn < turnsOfOthers; turn++) await setImmediate()
    if (step.done === true) return step.value
    began = performance.now()
  }
}

/** Calls `act` with each item, and yields now and then: for what takes microseconds each. */
export function* stepThrough<T>(items: Iterable<T>, act: (item: T) => void): Steps<void> {
  let untilYield = itemsPerStep
  for (const item of items) {
    act(item)
    if (--untilYield > 0) continue
    untilYield = itemsPerStep
    yield
  }
}

const itemsPerStep = 200
