import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { writeManifests } from '../../bench/cluster/manifests.ts'
import { writeZone } from '../../bench/cluster/zone.ts'
import { compile, hasCompiler } from '../../bench/compile.ts'
import type { Load } from '../../bench/loads/load.ts'
import { allLoads } from '../../bench/loads/loads.ts'
import { encodeQuery, formatQuestion, frameQueries } from '../../bench/loads/question.ts'
import { dns2 } from '../../bench/peers/dns2.ts'
import { echo } from '../../bench/peers/echo.ts'
import { knot } from '../../bench/peers/knot.ts'
import { kubeadm } from '../../bench/peers/kubeadm.ts'
import { nsd } from '../../bench/peers/nsd.ts'
import { ours } from '../../bench/peers/ours.ts'
import type { Peer } from '../../bench/peers/peer.ts'
import { startContender } from '../../bench/start.ts'
import { runGenerator } from '../../bench/tools/generator.ts'
import { dig } from './dig.ts'
import { commandOf } from './program.ts'

/** A few objects of each load. */
const loads = allLoads(0.003)

/** How many questions of a load are compared. */
const compared = 5

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cluster-dns-e2e-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the peers of the benchmark have the records of our server', () => {
  for (const load of loads) {
    it(load.name, async function inEveryPeer() {
      if (process.platform !== 'linux') this.skip()
      // What is forwarded is nobody's own.
      if (!load.peers.includes('batched')) {
        const [answers] = await Promise.all([kubeadm(commandOf())].map(answersOf(load)))
        expect(answers?.map(([status]) => status)).to.deep.equal(answers?.map(() => 'NOERROR'))
        return
      }
      const peers = [knot(), nsd(), dns2()].filter(
        ({ name, missing }) => missing === undefined && (name !== 'dns2' || load.peers.includes(name)),
      )
      const [expected, ...others] = await Promise.all([ours('dgram', commandOf()), ...peers].map(answersOf(load)))
      expect(expected).to.have.length.of.at.least(1)
      for (const answers of others) expect(answers).to.deep.equal(expected)
    })
  }

  /** Starts the peer on the load's cluster, and digs its first questions. */
  function answersOf(load: Load): (peer: Peer) => Promise<string[][]> {
    const questions = load.questions(load.cluster).slice(0, compared)
    writeManifests(join(folder, 'manifests'), load.cluster)
    writeZone(join(folder, 'zone'), load.cluster)
    return async (peer) => {
      const started = await startContender(peer, load, { folder, first: questions[0] })
      if ('reason' in started) throw new Error(started.reason)
      try {
        const transport = peer.name === 'dns2' ? '+notcp' : '+tcp'
        return await Promise.all(
          questions.map(async ({ name, type }) => {
            const { status, answer } = await dig(started.running.port, transport, type, name)
            return [status, ...answer]
          }),
        )
      } finally {
        await started.running.stop()
      }
    }
  }
})

describe('the load generator of the benchmark', () => {
  const [load] = loads
  if (load === undefined) throw new Error('there is a load')
  const questions = load.questions(load.cluster)

  for (const rate of [undefined, 5000]) {
    it(rate === undefined ? 'at saturation' : 'at a fixed rate', async function overTheEcho() {
      if (process.platform !== 'linux' || !hasCompiler()) this.skip()
      const file = join(folder, 'queries')
      writeFileSync(file, frameQueries(questions.map(encodeQuery)))
      const started = await startContender(echo(compile('echo', folder)), load, { folder, first: questions[0] })
      if ('reason' in started) throw new Error(started.reason)
      const { host, port } = started.running
      const program = compile('load', folder)
      const pace = rate === undefined ? {} : { rate }
      const run = { host, port, program, file, start: 1, seconds: 0.2, expected: 'NOERROR', ...pace } as const
      const result = await runGenerator(run).finally(() => started.running.stop())
      expect(result.sent).to.equal(result.answered + result.lost)
      expect(result.next, 'where the circle goes on').to.equal((1 + result.sent) % questions.length)
      expect(result.octetsPerAnswer).to.be.closeTo(encodeQuery(questions[0] ?? { name: '', type: 'A' }).length, 2)
      expect(result.truncatedShare).to.equal(0)
      expect(result.p99Micros).to.be.at.least(result.p50Micros)
    })
  }

  it('refuses a file that is no list of queries', async function refused() {
    if (process.platform !== 'linux' || !hasCompiler()) this.skip()
    const file = join(folder, 'queries')
    writeFileSync(file, questions.map(formatQuestion).join(''))
    const run = { host: '127.0.0.1', port: 9, file, start: 0, seconds: 0.1, expected: 'NOERROR' } as const
    const error = await runGenerator({ ...run, program: compile('load', folder) }).catch((cause: Error) => cause)
    expect(String(error)).to.include('expected queries, each behind its length')
  })
})
