import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { sampleNames } from '../../bench/live/cluster.ts'
import { imageCommand, imageFlags, measureBundle } from '../../bench/live/image.ts'
import { parseStatus } from '../../bench/live/memory.ts'
import { parseOptions } from '../../bench/live/options.ts'
import { freshnessOf } from '../../bench/live/round.ts'
import { fillCommand, listTimeOf } from '../../bench/live/server.ts'
import { measureEvent } from '../../bench/micro/event.ts'

describe('benchmark with a live cluster: options', () => {
  it('without any: five rounds of both sizes', () => {
    expect(parseOptions([])).to.deep.equal({
      rounds: 5,
      seconds: 4,
      events: 20_000,
      sizes: [
        { services: 1000, endpoints: 10_000 },
        { services: 10_000, endpoints: 100_000 },
      ],
      peers: [],
      json: undefined,
      chart: false,
      smoke: false,
    })
  })

  it('a smoke run is short and small, but for what is asked otherwise', () => {
    const options = parseOptions(['--smoke', '--events', '10', '--size', '5/50', '--size', '6/60'])
    expect(options).to.deep.include({
      rounds: 1,
      events: 10,
      smoke: true,
      sizes: [
        { services: 5, endpoints: 50 },
        { services: 6, endpoints: 60 },
      ],
    })
  })

  const wrong = [
    { args: ['--events', '1.5'], says: "--events: found '1.5', expected a number above 0" },
    { args: ['--size', '1000'], says: "--size: found '1000', expected SERVICES/ENDPOINTS" },
    { args: ['--size', '0/10'], says: "--size: found '0/10', expected SERVICES/ENDPOINTS" },
    { args: ['--peer', 'coredns'], says: "--peer: found 'coredns', expected NAME=COMMAND" },
    { args: ['--load', 'hits'], says: "Unknown option '--load'" },
  ]
  for (const { args, says } of wrong) {
    it(`says what is wrong: ${args.join(' ')}`, () => expect(parseOptions(args)).to.include(says))
  }

  it("a peer's command is told where things are", () => {
    const site = { host: '127.0.0.1', port: 2053, api: 'http://127.0.0.1:1', kubeconfig: '/k', corefile: '/c' }
    const words = fillCommand('coredns -conf "{corefile}"  -dns.port={port} -x "a {api}"', site)
    expect(words).to.deep.equal(['coredns', '-conf', '/c', '-dns.port=2053', '-x', 'a http://127.0.0.1:1'])
  })
})

describe('benchmark with a live cluster: what is run is what the image runs', () => {
  const { execPath } = process
  const cases = [
    {
      title: 'without flags',
      dockerfile: 'ENTRYPOINT ["/usr/local/bin/node", "/opt/cluster-dns.mjs"]',
      command: [execPath, 'b.mjs'],
      flags: '',
    },
    {
      title: 'flags and environment of the last stage alone',
      dockerfile: [
        'FROM node AS build',
        'ENV A=1',
        'FROM node',
        'ENV NODE_OPTIONS="--max-semi-space-size=2 --x"',
        'ENV B=2',
        'ENTRYPOINT ["node", "--optimize-for-size", "/a.mjs"]',
      ].join('\n'),
      command: ['env', 'NODE_OPTIONS=--max-semi-space-size=2 --x', 'B=2', execPath, '--optimize-for-size', 'b.mjs'],
      flags: 'NODE_OPTIONS=--max-semi-space-size=2 --x B=2 --optimize-for-size',
    },
  ]
  for (const { title, dockerfile, command, flags } of cases) {
    it(title, () => {
      expect(imageCommand(dockerfile, 'b.mjs')).to.deep.equal(command)
      expect(imageFlags(command)).to.equal(flags)
    })
  }

  it('refuses what it cannot read', () => {
    expect(() => imageCommand('ENTRYPOINT node a.mjs', 'b.mjs')).to.throw('Dockerfile: found ENTRYPOINT node a.mjs')
    const entrypoint = 'ENTRYPOINT ["node", "a.mjs"]'
    expect(() => imageCommand(`ENV A 1\n${entrypoint}`, 'b.mjs')).to.throw('Dockerfile: found ENV A 1')
  })

  it('reads the Dockerfile that there is', () => {
    const dockerfile = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8')
    expect(imageCommand(dockerfile, 'b.mjs').at(-1)).to.equal('b.mjs')
  })

  it('counts the octets of all parts of the bundle', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cluster-dns-'))
    try {
      for (const [file, octets] of Object.entries({
        'cluster-dns.mjs': 1,
        'chunks/a.mjs': 20,
        'chunks/b.mjs': 30,
        'node_modules/koffi/build/x.node': 400,
        'LICENSES.txt': 5000,
      })) {
        mkdirSync(join(folder, file, '..'), { recursive: true })
        writeFileSync(join(folder, file), 'x'.repeat(octets))
      }
      const size = { program: 1, chunks: 50, native: 400, licenses: 5000, all: 5451 }
      expect(measureBundle(folder)).to.deep.equal(size)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('benchmark with a live cluster: readings', () => {
  it('memory of a process', () => {
    const status = 'Name:\tnode\nVmPeak:\t 900 kB\nVmHWM:\t     300 kB\nVmRSS:\t  200 kB\nRssAnon:\t 100 kB\n'
    expect(parseStatus(status)).to.deep.equal({ resident: 200 * 1024, anonymous: 100 * 1024, peak: 300 * 1024 })
    expect(() => parseStatus('VmRSS:\t1 kB\n')).to.throw('/proc/PID/status has no')
  })

  it('how long the server says that it listed', () => {
    const lines = ['[INFO] x', '[INFO] kubernetes: synced with http://127.0.0.1:1 (a file in 5 s) in 1.6 s']
    expect(listTimeOf(lines)).to.equal(1600)
    expect(listTimeOf(['CoreDNS-1.14.7'])).to.equal(undefined)
  })

  it('percentiles of probes', () => {
    const latencies = Array.from({ length: 200 }, (_, index) => 200 - index)
    const many = { probes: 200, p50Micros: 100, p99Micros: 198, maxMicros: 200, proberPauseMs: 3 }
    expect(freshnessOf({ latencies, pauseMs: 3 })).to.deep.equal(many)
    const one = { probes: 1, p50Micros: 7, p99Micros: 7, maxMicros: 7, proberPauseMs: 0 }
    expect(freshnessOf({ latencies: [7], pauseMs: 0 })).to.deep.equal(one)
  })

  it('names that are asked: as many as there are, from all over the cluster', () => {
    expect(sampleNames({ services: 2, endpoints: 1 }, 10)).to.deep.equal([
      'service-00000.team-0.svc.cluster.local',
      'service-00001.team-1.svc.cluster.local',
    ])
    const names = sampleNames({ services: 10_000, endpoints: 1 }, 1000)
    expect(new Set(names).size).to.equal(1000)
    expect(names.at(-1)).to.equal('service-09990.team-10.svc.cluster.local')
  })

  it('an event inside of the process is taken in, and answered', () => {
    for (const { takeMicros, answerMicros } of measureEvent(3)) {
      expect(takeMicros.min).to.be.above(0)
      expect(answerMicros.min).to.be.above(0)
    }
  })
})
