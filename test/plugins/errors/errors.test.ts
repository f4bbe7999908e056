import { expect } from 'chai'
import { RCODE } from '../../../src/dns/iana.ts'
import { nameOf } from '../../../src/dns/name.ts'
import { NoNextPluginError, serverFailure } from '../../../src/plugin/chain.ts'
import type { Next, Query } from '../../../src/plugin/handler.ts'
import { errors } from '../../../src/plugins/errors/errors.ts'
import { createLogger } from '../../../src/util/log.ts'
import { question } from '../../dns/messages.ts'
import { ManualTimer } from '../../support/manual-timer.ts'
import { serveFixture, serveManifests } from '../../support/serve.ts'

const query: Query = {
  ...question('WWW.Example.org. TYPE65280'),
  client: { transport: 'udp', address: '192.0.2.1', port: 40_000, localAddress: '192.0.2.53' },
  via: [],
}

const failures: readonly { title: string; next: Next; message: string }[] = [
  {
    title: 'what is thrown',
    next: () => {
      throw new Error('it broke')
    },
    message: 'it broke',
  },
  {
    title: 'what a promise rejects with',
    next: () => Promise.reject(new Error('it broke later')),
    message: 'it broke later',
  },
  {
    title: 'what is no Error',
    next: () => {
      throw 'a text'
    },
    message: 'a text',
  },
]

function recorder() {
  const lines: string[] = []
  return { lines, log: createLogger((line) => lines.push(line), 'debug') }
}

describe('errors', () => {
  for (const { title, next, message } of failures) {
    it(`logs ${title}, and answers SERVFAIL`, async () => {
      const { lines, log } = recorder()
      const answer = await errors({ stacktrace: false, rules: [] }, log, new ManualTimer()).serve(query, next)
      expect(answer.rcode).to.equal('SERVFAIL')
      expect(
        answer.trace?.map((step) => step.describe()),
        'a bug is not for clients',
      ).to.deep.equal(['internal error'])
      expect(lines).to.deep.equal([`[ERROR] plugin/errors: 2 www.example.org. TYPE65280: ${message}`])
    })
  }

  it('writes a name with a backslash before what means something in a zone file', () => {
    const { lines, log } = recorder()
    const asked = { ...query, qname: nameOf(['a"b', 'test']) }
    const next = () => {
      throw new NoNextPluginError('last')
    }
    void errors({ stacktrace: false, rules: [] }, log, new ManualTimer()).serve(asked, next)
    expect(lines).to.deep.equal([
      String.raw`[ERROR] plugin/errors: 2 a\"b.test. TYPE65280: plugin/last: no next plugin found`,
    ])
  })

  it('says nothing of an answer that is only SERVFAIL', () => {
    const { lines, log } = recorder()
    const failed = serverFailure(new Error('it broke'))
    const handler = errors({ stacktrace: false, rules: [] }, log, new ManualTimer())
    expect(handler.serve(query, () => failed)).to.equal(failed)
    expect(lines).to.deep.equal([])
  })

  it('logs where a bug was thrown if `stacktrace` says so, and only then', () => {
    for (const [stacktrace, rest] of [
      [true, /^ +at /m],
      [false, /^$/],
    ] as const) {
      const { lines, log } = recorder()
      errors({ stacktrace, rules: [] }, log, new ManualTimer()).serve(query, () => {
        throw new Error('it broke')
      })
      const [first = '', ...others] = (lines[0] ?? '').split('\n')
      expect(first).to.match(/it broke$/)
      expect(others.join('\n')).to.match(rest)
    }
  })

  it('logs no more than the message of what is thrown on purpose', () => {
    const { lines, log } = recorder()
    errors({ stacktrace: true, rules: [] }, log, new ManualTimer()).serve(query, () => {
      throw new NoNextPluginError('file')
    })
    expect(lines).to.deep.equal([
      '[ERROR] plugin/errors: 2 www.example.org. TYPE65280: plugin/file: no next plugin found',
    ])
  })

  const corefile = (directive: string) => `cluster.local {\n${directive}\nkubernetes {\nfallthrough\n}\n}\n`
  const name = 'nope.shop.svc.cluster.local.'

  it('writes the line that CoreDNS writes', async () => {
    const server = await serveFixture('shop', { corefile: corefile('errors') })
    const { rcode, aa } = await server.exchange('NOPE.shop.svc.cluster.local. AAAA')
    expect({ rcode, aa }).to.deep.equal({ rcode: RCODE.SERVFAIL, aa: false })
    expect(server.lines).to.deep.equal([
      `[ERROR] plugin/errors: 2 ${name} AAAA: plugin/kubernetes: no next plugin found`,
    ])
  })

  it('is what writes it: without it there is SERVFAIL alone', async () => {
    const server = await serveFixture('shop', { corefile: corefile('') })
    expect((await server.ask(`${name} A`)).rcode).to.equal('SERVFAIL')
    expect(server.lines).to.deep.equal([])
  })

  it('does not let a peer fill the disk', async () => {
    const server = serveManifests('', corefile('errors'))
    for (let count = 0; count < 150; count++) await server.exchange(`${name} A`)
    expect(server.lines).to.have.lengthOf(100)
    server.clock.nowMs += 1000
    await server.exchange(`${name} A`)
    expect(server.lines.slice(100)).to.deep.equal([
      '[ERROR] 50 more lines like the last were left out',
      `[ERROR] plugin/errors: 2 ${name} A: plugin/kubernetes: no next plugin found`,
    ])
  })
})
