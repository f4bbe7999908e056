import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { expect } from 'chai'
import { defaultTimes, startSelfCheck } from '../../src/admin/self-check.ts'
import { type HealthMetrics, healthMetrics } from '../../src/plugins/health/metrics.ts'
import { Metrics } from '../../src/util/metrics.ts'
import { until } from '../transport/until.ts'

describe('the self-check', () => {
  it('has the times of CoreDNS', () => {
    expect(defaultTimes).to.deep.equal({ intervalMs: 1000, slowMs: 1000, timeoutMs: 3000 })
  })

  let server: Server | undefined
  let end = () => {}
  let lines: string[]
  let asked: string[]
  let counts: HealthMetrics

  afterEach(() => {
    end()
    server?.close()
    server?.closeAllConnections()
  })

  /** Asks this server over and over, and gives the URL. */
  async function check(times: { slowMs: number; timeoutMs: number }, respond: RequestListener): Promise<string> {
    asked = []
    lines = []
    counts = healthMetrics(new Metrics())
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      respond(request, response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const at = server.address()
    const url = `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}/health`
    end = startSelfCheck(url, { tell: (line) => lines.push(line), metrics: counts }, { intervalMs: 1, ...times })
    return url
  }

  it('asks again and again, and says nothing of what is well', async () => {
    await check({ slowMs: 60_000, timeoutMs: 60_000 }, (_, response) => response.end('OK'))
    await until(() => asked.length > 3)
    expect(asked[0]).to.equal('GET /health')
    expect(counts.durations.of().counts.reduce((sum, count) => sum + count)).to.be.at.least(3)
    expect(counts.durations.of().sum).to.be.above(0)
    expect(counts.failures.value).to.equal(0)
    expect(lines).to.deep.equal([])
  })

  it('tells of a response that took long', async () => {
    const url = await check({ slowMs: 0, timeoutMs: 60_000 }, (_, response) => response.end('OK'))
    await until(() => lines.length > 0)
    expect(lines[0]).to.include(`Local health request to "${url}" took more than `)
  })

  it('tells of one that does not come, and asks one at a time', async () => {
    const url = await check({ slowMs: 60_000, timeoutMs: 20 }, () => {})
    await until(() => lines.length > 1)
    expect(lines[0]).to.equal(`Local health request to "${url}" failed: The operation was aborted due to timeout`)
    expect(asked.length).to.be.at.most(lines.length + 1)
    expect(counts.failures.value).to.be.at.least(2)
    expect(counts.durations.of().sum, 'what failed took its time, too').to.be.above(0)
  })

  it('tells where nobody listens', async () => {
    const url = await check({ slowMs: 60_000, timeoutMs: 60_000 }, (_, response) => response.end('OK'))
    server?.close()
    server?.closeAllConnections()
    await until(() => lines.some((line) => line.includes('ECONNREFUSED')))
    expect(lines.at(-1)).to.match(new RegExp(`^Local health request to "${url}" failed: `))
  })

  it('says nothing once it is ended, not of a request under way either', async () => {
    await check({ slowMs: 60_000, timeoutMs: 60_000 }, () => {})
    await until(() => asked.length > 0)
    end()
    await new Promise((closed) => server?.close(closed)) // when the connection is gone
    expect(lines).to.deep.equal([])
  })
})
