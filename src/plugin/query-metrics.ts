/**
 * The metrics of queries, `coredns_dns_…`: names, labels and buckets are those of CoreDNS 1.14.7 (plugin/metrics/vars).
 *
 * The plugin `prometheus` counts what its block answers, the server what reaches no block.
 */
import { rcodeName, TYPE, typeName } from '../dns/iana.ts'
import { type Counter, type Family, type Histogram, type Metrics, observe } from '../util/metrics.ts'
import type { AnswerFacts, Door, Exchange, Watch } from './observer.ts'

/** Upper bounds in seconds: 0.25 ms, doubled 15 times. */
const timeBuckets: readonly number[] = Array.from({ length: 16 }, (_, power) => 0.00025 * 2 ** power)

/** Upper bounds in octets. */
const sizeBuckets: readonly number[] = [
  0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16_000, 32_000, 48_000, 64_000,
]

/** The zone of what the server answers itself. It has no dot at its end, so there is no such zone. */
export const droppedZone = 'dropped'

const dropped: Answering = { zone: droppedZone, view: '', plugin: '' }

/** Types that are counted under their names; all others are `other`. */
const countedTypes: ReadonlySet<number> = new Set([
  TYPE.A,
  TYPE.AAAA,
  TYPE.ANY,
  TYPE.AXFR,
  TYPE.CNAME,
  TYPE.DNSKEY,
  TYPE.DS,
  TYPE.HTTPS,
  TYPE.IXFR,
  TYPE.MX,
  TYPE.NS,
  TYPE.NSEC,
  TYPE.NSEC3,
  TYPE.PTR,
  TYPE.RRSIG,
  TYPE.SOA,
  TYPE.SRV,
  TYPE.SVCB,
  TYPE.TXT,
])

interface Families {
  readonly requests: Family<Counter>
  readonly durations: Family<Histogram>
  readonly requestSizes: Family<Histogram>
  readonly responseSizes: Family<Histogram>
  readonly dnssecOk: Family<Counter>
  readonly responses: Family<Counter>
}

/** Who answered. */
export interface Answering {
  readonly zone: string
  /** The name of its server block's view; empty: it has none. */
  readonly view: string
  /** Who wrote the answer; empty: the server. */
  readonly plugin: string
}

/** What tells exchanges apart, beside the door that they come in through. */
interface Kind extends Answering {
  readonly type: string
  readonly rcode: string
}

/** Counts queries. There may be several of one `Metrics`: they count the same. */
export class QueryMetrics {
  readonly #families: Families
  readonly #panics: Counter
  readonly #watches = new Map<string, Watch>()

  constructor(metrics: Metrics) {
    this.#families = familiesOf(metrics)
    this.#panics = metrics
      .counter({ name: 'coredns_panics_total', help: 'How often a plugin broke down over a query.' })
      .of()
  }

  /** What counts the exchanges of one kind, the same each time that it is asked for. */
  watch({ zone, view, plugin }: Answering, { question, rcode, unwritten }: AnswerFacts): Watch {
    const type = countedTypes.has(question.qtype) ? typeName(question.qtype) : 'other'
    const kind = { zone, view, type, rcode: rcodeName(rcode), plugin: unwritten === undefined ? plugin : '' }
    const key = `${zone} ${kind.type} ${kind.rcode} ${kind.plugin} ${view}`
    const known = this.#watches.get(key)
    if (known !== undefined) return known
    const tally = new Tally(this.#families, kind)
    const watch: Watch = (exchange) => tally.count(exchange)
    this.#watches.set(key, watch)
    return watch
  }

  /** What counts the exchanges that the server answers itself. */
  watchDropped(facts: AnswerFacts): Watch {
    return this.watch(dropped, { ...facts, unwritten: facts.unwritten ?? 'code' })
  }

  panicked(): void {
    this.#panics.value++
  }
}

/** The series of one kind of exchanges at one door. */
interface DoorSeries {
  readonly durations: Histogram
  readonly requestSizes: Histogram
  readonly responseSizes: Histogram
  readonly responses: Counter
  /** These are there from the first time that they are counted. */
  requests4: Counter | undefined
  requests6: Counter | undefined
  dnssecOk: Counter | undefined
}

/** Counts exchanges of one kind. It is the hot path: nothing is looked up by a text. */
class Tally {
  readonly #families: Families
  readonly #kind: Kind
  readonly #doors = new Map<Door, DoorSeries>()
  /** Where the last exchange came in: most often the next one does, too. */
  #lastDoor: Door | undefined
  #lastSeries: DoorSeries | undefined

  constructor(families: Families, kind: Kind) {
    this.#families = families
    this.#kind = kind
  }

  count(exchange: Exchange): void {
    const { door } = exchange
    const series = door === this.#lastDoor && this.#lastSeries !== undefined ? this.#lastSeries : this.#seriesAt(door)
    const { durations, requestSizes, responseSizes } = this.#families
    this.#requests(series, door, exchange.clientFamily).value++
    observe(durations, series.durations, exchange.durationMs / 1000)
    observe(requestSizes, series.requestSizes, exchange.querySize)
    // As in CoreDNS, whose server writes what no plugin has when that is counted already.
    observe(responseSizes, series.responseSizes, this.#isWritten(exchange) ? exchange.responseSize : 0)
    if (exchange.dnssecOk) this.#dnssecOk(series, door).value++
    series.responses.value++
  }

  #isWritten({ unwritten }: Exchange): boolean {
    return unwritten === undefined || this.#kind.zone === droppedZone
  }

  #requests(series: DoorSeries, door: Door, family: 4 | 6): Counter {
    if (family === 4) {
      series.requests4 ??= this.#newRequests(door, '1')
      return series.requests4
    }
    series.requests6 ??= this.#newRequests(door, '2')
    return series.requests6
  }

  #newRequests({ server, transport }: Door, family: string): Counter {
    const { zone, view, type } = this.#kind
    return this.#families.requests.of(server, zone, view, transport, family, type)
  }

  #dnssecOk(series: DoorSeries, { server }: Door): Counter {
    series.dnssecOk ??= this.#families.dnssecOk.of(server, this.#kind.zone, this.#kind.view)
    return series.dnssecOk
  }

  #seriesAt(door: Door): DoorSeries {
    const series = this.#doors.get(door) ?? this.#newSeries(door)
    this.#doors.set(door, series)
    this.#lastDoor = door
    this.#lastSeries = series
    return series
  }

  #newSeries({ server, transport }: Door): DoorSeries {
    const { zone, view, rcode, plugin } = this.#kind
    const { durations, requestSizes, responseSizes, responses } = this.#families
    return {
      durations: durations.of(server, zone, view),
      requestSizes: requestSizes.of(server, zone, view, transport),
      responseSizes: responseSizes.of(server, zone, view, transport),
      responses: responses.of(server, zone, view, rcode, plugin),
      requests4: undefined,
      requests6: undefined,
      dnssecOk: undefined,
    }
  }
}

function familiesOf(metrics: Metrics): Families {
  const byZone = ['server', 'zone', 'view']
  const byTransport = [...byZone, 'proto']
  return {
    requests: metrics.counter({
      name: 'coredns_dns_requests_total',
      help: 'DNS requests by zone, transport, address family of the client, and type.',
      labels: [...byTransport, 'family', 'type'],
    }),
    durations: metrics.histogram({
      name: 'coredns_dns_request_duration_seconds',
      help: 'Seconds from a request to its response, by zone.',
      labels: byZone,
      bounds: timeBuckets,
    }),
    requestSizes: metrics.histogram({
      name: 'coredns_dns_request_size_bytes',
      help: 'Octets of the request, by zone and transport.',
      labels: byTransport,
      bounds: sizeBuckets,
    }),
    responseSizes: metrics.histogram({
      name: 'coredns_dns_response_size_bytes',
      help: 'Octets of the response, by zone and transport.',
      labels: byTransport,
      bounds: sizeBuckets,
    }),
    dnssecOk: metrics.counter({
      name: 'coredns_dns_do_requests_total',
      help: 'DNS requests with the DO bit, by zone.',
      labels: byZone,
    }),
    responses: metrics.counter({
      name: 'coredns_dns_responses_total',
      help: 'DNS responses by zone, response code, and the plugin that wrote them.',
      labels: [...byZone, 'rcode', 'plugin'],
    }),
  }
}
