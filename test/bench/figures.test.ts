import { expect } from 'chai'
import { computeFigures } from '../../bench/report/figures.ts'
import { formatFigures } from '../../bench/report/table.ts'
import { loadResults, type Measured } from './results.ts'

/** Each case: what was measured, and what comes of the figure whose title begins so. */
const cases: readonly {
  readonly title: string
  readonly figure: string
  readonly loads: Readonly<Record<string, Readonly<Record<string, Measured>>>>
  readonly measured: number | null
  readonly met: boolean | null
}[] = [
  {
    title: 'a rate that is high enough',
    figure: 'hits: queries/s against Knot DNS',
    loads: { hits: { batched: { rate: 98 }, knot: { rate: 100 } } },
    measured: 0.98,
    met: true,
  },
  {
    title: 'a rate that is too low',
    figure: 'hits: queries/s against Knot DNS',
    loads: { hits: { batched: { rate: 94 }, knot: { rate: 100 } } },
    measured: 0.94,
    met: false,
  },
  {
    title: 'a cost just at its limit',
    figure: 'hits: CPU per query against the bare echo',
    loads: { hits: { batched: { cpu: 7 }, echo: { cpu: 5 } } },
    measured: 1.4,
    met: true,
  },
  {
    title: 'a cost above its limit',
    figure: 'hits: CPU per query against Knot DNS',
    loads: { hits: { batched: { cpu: 6 }, knot: { cpu: 5 } } },
    measured: 1.2,
    met: false,
  },
  {
    title: 'a peer that was missing',
    figure: 'hits: queries/s against Knot DNS',
    loads: { hits: { batched: { rate: 98 } } },
    measured: null,
    met: null,
  },
  {
    title: 'a peer whose CPU time is not known',
    figure: 'hits: CPU per query against Knot DNS',
    loads: { hits: { batched: { cpu: 6 }, knot: {} } },
    measured: null,
    met: null,
  },
  {
    title: 'a rate while objects change, against that before it, not that of another load',
    figure: 'hits while 1,000 objects a second change',
    loads: { hits: { batched: { rate: 200 } }, changes: { batched: { rate: 90, rest: 100 } } },
    measured: 0.9,
    met: true,
  },
  {
    title: 'a load that was left out',
    figure: 'hits while 1,000 objects a second change',
    loads: { hits: { batched: { rate: 98 } } },
    measured: null,
    met: null,
  },
  {
    title: 'misses, scaled by what Knot does in hits',
    figure: 'misses',
    loads: { hits: { knot: { rate: 540_000 } }, misses: { batched: { rate: 112_000 } } },
    measured: 2,
    met: true,
  },
  {
    title: 'latency at one rate',
    figure: 'p99 latency',
    loads: { hits: { batched: { half: { rate: 50, p99: 30 } }, knot: { half: { rate: 50, p99: 40 } } } },
    measured: 0.75,
    met: true,
  },
  {
    title: 'latency at two rates, which is no comparison',
    figure: 'p99 latency',
    loads: { hits: { batched: { half: { rate: 40, p99: 30 } }, knot: { half: { rate: 50, p99: 40 } } } },
    measured: null,
    met: null,
  },
]

describe('benchmark figures', () => {
  for (const { title, figure, loads, measured, met } of cases) {
    it(title, () => {
      const found = computeFigures(loadResults(loads), false).find((each) => each.title.startsWith(figure))
      expect(found?.met).to.equal(met)
      if (measured === null) expect(found?.measured).to.equal(null)
      else expect(found?.measured).to.be.closeTo(measured, 1e-9)
    })
  }

  it('compare what was measured in one round: a machine that is slow for a while is slow for both', () => {
    const rates = { batched: [100, 50, 60], kubeadm: [96, 48, 20] }
    const [load] = loadResults({ hits: { batched: {}, kubeadm: {} } })
    if (load === undefined) throw new Error('there is one')
    const results = load.results.map(({ peer, rounds }) => ({
      peer,
      rounds: rounds.map(({ saturation }, index) => {
        const queriesPerSecond = rates[peer as keyof typeof rates][index] ?? 0
        return { saturation: { ...saturation, queriesPerSecond } }
      }),
    }))
    const figure = computeFigures([{ ...load, results }], false).find(({ title }) => title.includes('kubeadm'))
    expect(figure?.measured).to.be.closeTo(0.96, 1e-9)
  })

  it('are none where the loads were scaled', () => {
    const loads = loadResults({ hits: { batched: { rate: 98, cpu: 1 }, knot: { rate: 100, cpu: 1 } } })
    expect(computeFigures(loads, true).map(({ met }) => met)).to.satisfy((all: unknown[]) =>
      all.every((met) => met === null),
    )
  })

  it('are printed with what is asked', () => {
    const loads = loadResults({ hits: { batched: { rate: 98 }, knot: { rate: 100 } } })
    const lines = formatFigures(computeFigures(loads, false))
      .split('\n')
      .map((line) => line.replaceAll(/ +/g, ' '))
    expect(lines).to.include('| hits: queries/s against Knot DNS | 0.98 | at least 0.95 | yes |')
    expect(lines).to.include('| hits: CPU per query against Knot DNS | not measured | at most 1.10 | - |')
  })
})
