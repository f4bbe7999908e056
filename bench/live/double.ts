/**
 * The API double and the prober, as a process: one clock counts from the event to the answer.
 *
 *   node bench/live/double.ts SERVICES ENDPOINTS
 *
 * Driven by messages, see remote.ts.
 */
import { PerformanceObserver } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { LiveCluster } from './cluster.ts'
import { Prober, probe } from './prober.ts'
import type { Commands, Probed, Request, Response } from './remote.ts'

const [services, endpoints] = process.argv.slice(2).map(Number)
const cluster = await LiveCluster.start({ services: services ?? 0, endpoints: endpoints ?? 0 })

/** Changes that go on beside everything else. */
let pace: NodeJS.Timeout | undefined
let made = 0

const commands: Commands = {
  async url() {
    return cluster.url
  },
  async lists(lists) {
    cluster.lists = lists
  },
  async changes(perSecond) {
    clearInterval(pace)
    const before = made
    made = 0
    if (perSecond === 0) return before
    const began = performance.now()
    const tick = () => {
      for (const due = ((performance.now() - began) / 1000) * perSecond; made < due; made++) cluster.change()
    }
    pace = setInterval(tick, Math.max(1, 1000 / perSecond))
    return before
  },
  async probe({ host, port, seconds }) {
    globalThis.gc?.() // see remote.ts
    return withProber(host, port, (prober) => withoutPauses(() => probe(cluster, prober, seconds)))
  },
  async burst({ host, port, count }) {
    return withProber(host, port, async (prober) => {
      const began = performance.now()
      await cluster.burst(count)
      await prober.until(cluster.changeProbe())
      return (performance.now() - began) / 1000
    })
  },
  async expire({ host, port }) {
    return withProber(host, port, async (prober) => {
      const began = performance.now()
      for (const seen of cluster.expire()) await prober.until(seen)
      return (performance.now() - began) / 1000
    })
  },
}

async function withoutPauses(work: () => Promise<number[]>): Promise<Probed> {
  let pauseMs = 0
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) pauseMs += duration
  })
  observer.observe({ entryTypes: ['gc'] })
  const latencies = await work()
  await setImmediate() // entries come late
  observer.disconnect()
  return { latencies, pauseMs }
}

async function withProber<T>(host: string, port: number, work: (prober: Prober) => Promise<T>): Promise<T> {
  const prober = await Prober.open(host, port)
  try {
    return await work(prober)
  } finally {
    prober.close()
  }
}

process.on('message', async ({ id, name, argument }: Request) => {
  // Who sent the name sent the argument that belongs to it.
  const command = commands[name] as (argument: unknown) => Promise<unknown>
  const response: Response = await command(argument).then(
    (result) => ({ id, result }),
    (error: unknown) => ({ id, error: String(error) }),
  )
  process.send?.(response)
})

// Whoever started it is gone.
process.once('disconnect', () => process.exit())
process.send?.({ id: 0 } satisfies Response)
