/**
 * What is counted, under the names and labels that Prometheus knows it by (the text exposition format 0.0.4).
 *
 * Counting must cost next to nothing, for it is done at each query: whoever counts asks for a series once and keeps it.
 * A series lives as long as its registry. Nothing here writes: admin does, of what `families` gives.
 */

export type LabelValues = readonly string[]

/** A number that only rises. */
export interface Counter {
  value: number
}

/** A number that is set. */
export interface Gauge {
  value: number
}

/** How often a value was observed in each of its buckets. */
export interface Histogram {
  /** By bucket, not summed up; the last one is that of all values above the highest bound. */
  readonly counts: Float64Array
  sum: number
}

export type Series = Counter | Gauge | Histogram

export interface FamilyOptions {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
}

export interface HistogramOptions extends FamilyOptions {
  /** Upper bounds, rising, each belonging to its bucket. */
  readonly bounds: readonly number[]
}

/** All series of one name. */
export interface Family<S extends Series = Series> {
  readonly name: string
  readonly help: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  /** Of a histogram. */
  readonly bounds: readonly number[]
  readonly series: ReadonlyMap<string, LabelledSeries<S>>
  /**
   * The series of these values, in the order of `labels`; it begins at zero with the first call.
   *
   * @throws TypeError there are more or fewer values than labels
   */
  of(...values: LabelValues): S
  /** Forgets all series. */
  clear(): void
}

export interface LabelledSeries<S extends Series = Series> {
  readonly values: LabelValues
  readonly series: S
}

/** All that one process counts. A family that is asked for again, as after a reload, is the same one. */
export class Metrics {
  readonly #families = new Map<string, Family>()
  readonly #beforeReading = new Map<string, () => void>()

  counter(options: FamilyOptions): Family<Counter> {
    return this.#family('counter', options, () => ({ value: 0 }))
  }

  gauge(options: FamilyOptions): Family<Gauge> {
    return this.#family('gauge', options, () => ({ value: 0 }))
  }

  histogram({ bounds, ...options }: HistogramOptions): Family<Histogram> {
    const begin = () => ({ counts: new Float64Array(bounds.length + 1), sum: 0 })
    return this.#family('histogram', options, begin, bounds)
  }

  /**
   * Has something brought up to date each time that the families are about to be read.
   *
   * @param key of several under one key the last one counts
   */
  beforeReading(key: string, update: () => void): void {
    this.#beforeReading.set(key, update)
  }

  /** In the order in which they were first asked for. */
  families(): readonly Family[] {
    for (const update of this.#beforeReading.values()) update()
    return [...this.#families.values()]
  }

  #family<S extends Series>(
    kind: Family['kind'],
    { name, help, labels = [] }: FamilyOptions,
    begin: () => S,
    bounds: readonly number[] = [],
  ): Family<S> {
    const known = this.#families.get(name)
    if (known !== undefined) return known as Family<S> // whoever asks for a name asks for its kind
    const family = new SeriesFamily({ name, help, kind, labels, bounds, begin })
    this.#families.set(name, family)
    return family
  }
}

/** Counts one value, in the first bucket whose bound is not below it. */
export function observe({ bounds }: Family<Histogram>, histogram: Histogram, value: number): void {
  let bucket = 0
  while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket++
  histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1
  histogram.sum += value
}

interface FamilyDraft<S extends Series> extends Required<FamilyOptions> {
  readonly kind: Family['kind']
  readonly bounds: readonly number[]
  readonly begin: () => S
}

class SeriesFamily<S extends Series> implements Family<S> {
  readonly name: string
  readonly help: string
  readonly kind: Family['kind']
  readonly labels: readonly string[]
  readonly bounds: readonly number[]
  readonly #begin: () => S
  readonly #series = new Map<string, LabelledSeries<S>>()

  constructor({ name, help, kind, labels, bounds, begin }: FamilyDraft<S>) {
    this.name = name
    this.help = help
    this.kind = kind
    this.labels = labels
    this.bounds = bounds
    this.#begin = begin
  }

  get series(): ReadonlyMap<string, LabelledSeries<S>> {
    return this.#series
  }

  of(...values: LabelValues): S {
    if (values.length !== this.labels.length) {
      throw new TypeError(`${this.name} has the labels ${this.labels.join(', ')}, not ${values.length} of them`)
    }
    const key = values.join('\0')
    const known = this.#series.get(key)
    if (known !== undefined) return known.series
    const series = this.#begin()
    this.#series.set(key, { values, series })
    return series
  }

  clear(): void {
    this.#series.clear()
  }
}
