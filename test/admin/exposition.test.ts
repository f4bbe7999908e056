import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import { exposeMetrics } from '../../src/admin/exposition.ts'
import { Metrics, observe } from '../../src/util/metrics.ts'
import { parseExposition } from '../support/exposition.ts'

/** What is said of some metrics, as text. */
async function textOf(metrics: Metrics): Promise<string> {
  const { body } = await exposeMetrics(metrics, '1.2.3')({})
  return String(body)
}

/** The lines about one family. */
async function linesOf(metrics: Metrics, name: string): Promise<string[]> {
  return (await textOf(metrics)).split('\n').filter((line) => line.includes(name))
}

describe('/metrics: the text format 0.0.4', () => {
  it('writes counters and gauges, with their labels', async () => {
    const metrics = new Metrics()
    metrics
      .counter({ name: 'eaten_total', help: 'Apples.', labels: ['who', 'where'] })
      .of('Eve', 'a "tree"\\\n').value = 2
    expect(await linesOf(metrics, 'eaten_total')).to.deep.equal([
      '# HELP eaten_total Apples.',
      '# TYPE eaten_total counter',
      'eaten_total{who="Eve",where="a \\"tree\\"\\\\\\n"} 2',
    ])
    metrics.gauge({ name: 'left', help: 'Pears.' }).of().value = 1.5
    expect(await linesOf(metrics, 'left')).to.deep.equal(['# HELP left Pears.', '# TYPE left gauge', 'left 1.5'])
  })

  it('writes histograms: each bucket has what is in those below it', async () => {
    const metrics = new Metrics()
    const family = metrics.histogram({ name: 'size', help: 'Octets.', labels: ['zone'], bounds: [0, 10, 16_000] })
    const series = family.of('.')
    for (const value of [0, 1, 10, 10.5, 99_999]) observe(family, series, value)
    expect(await linesOf(metrics, 'size')).to.deep.include.members([
      '# TYPE size histogram',
      'size_bucket{zone=".",le="0"} 1',
      'size_bucket{zone=".",le="10"} 3',
      'size_bucket{zone=".",le="16000"} 4',
      'size_bucket{zone=".",le="+Inf"} 5',
      'size_sum{zone="."} 100020.5',
      'size_count{zone="."} 5',
    ])
  })

  it('says nothing of a family without series, and 0 of one without labels', async () => {
    const metrics = new Metrics()
    metrics.counter({ name: 'absent_total', help: 'None.', labels: ['x'] })
    metrics.counter({ name: 'zero_total', help: 'Nothing yet.' }).of()
    expect(await linesOf(metrics, 'absent_total')).to.deep.equal([])
    expect(await linesOf(metrics, 'zero_total')).to.include('zero_total 0')
  })

  it('tells of what was counted since it was asked before', async () => {
    const metrics = new Metrics()
    const respond = exposeMetrics(metrics, '1.2.3')
    const late = metrics.counter({ name: 'late_total', help: 'Later.' })
    expect(String((await respond({})).body)).to.not.include('late_total')
    late.of().value++
    expect(String((await respond({})).body)).to.include('late_total 1')
    late.clear()
    expect(String((await respond({})).body)).to.not.include('late_total')
  })

  it('says what dashboards ask of the process', async () => {
    const families = parseExposition(await textOf(new Metrics()))
    const asked = [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'process_start_time_seconds',
      'process_open_fds',
      'process_max_fds',
      'process_virtual_memory_bytes',
    ]
    for (const name of asked) expect(families.get(name)?.samples[0]?.value, name).to.be.above(0)
    expect(families.get('go_goroutines')?.samples, 'nothing may be waited for').to.have.lengthOf(1)
    const runtime = `nodejs-${process.version}`
    expect(families.get('go_info')?.samples).to.deep.equal([
      { name: 'go_info', labels: { version: runtime }, value: 1 },
    ])
    const labels = { version: '1.14.7', revision: 'cluster-dns-1.2.3', goversion: runtime }
    expect(families.get('coredns_build_info')?.samples).to.deep.equal([
      { name: 'coredns_build_info', labels, value: 1 },
    ])
  })

  it('names its type', async () => {
    const { status, headers } = await exposeMetrics(new Metrics(), '1.2.3')({})
    expect(status).to.equal(200)
    expect(headers).to.include({ 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
  })

  for (const { accepts, isPacked } of [
    { accepts: 'gzip', isPacked: true },
    { accepts: 'deflate, GZIP;q=0.5', isPacked: true },
    { accepts: '*', isPacked: true },
    { accepts: 'gzip;q=0', isPacked: false },
    { accepts: 'gzip ; q=0.0, br', isPacked: false },
    { accepts: 'deflate, br', isPacked: false },
    { accepts: undefined, isPacked: false },
  ]) {
    it(`${isPacked ? 'is packed' : 'is not packed'} for accept-encoding: ${accepts}`, async () => {
      const respond = exposeMetrics(new Metrics(), '1.2.3')
      const { headers, body } = await respond(accepts === undefined ? {} : { 'accept-encoding': accepts })
      expect(headers?.['content-encoding']).to.equal(isPacked ? 'gzip' : undefined)
      const text = typeof body === 'string' ? body : gunzipSync(body).toString()
      expect(text).to.include('\nprocess_cpu_seconds_total ')
    })
  }
})
