import { expect } from 'chai'
import { run, shop, testFolder } from './run.ts'

const zone = 'shop.svc.cluster.local'

describe('explain', () => {
  const explanations = [
    {
      title: 'why there are records',
      ask: [`db.${zone}`],
      lines: [
        `db.${zone}. A: NOERROR`,
        '  1. headless-endpoints: Service shop/db: 2 of 3 endpoints are ready',
        '  2. answered: 2 records of type A',
        `  db.${zone}. 5 IN A 10.244.0.11`,
        `  db.${zone}. 5 IN A 10.244.0.12`,
      ],
    },
    {
      title: 'why there are none of a type',
      ask: [`db.${zone}`, 'AAAA'],
      lines: [
        `db.${zone}. AAAA: NODATA`,
        '  1. headless-endpoints: Service shop/db: 2 of 3 endpoints are ready',
        '  2. wrong-family: the addresses are all IPv4',
      ],
    },
    {
      title: 'why there is no such name, and which there is',
      ask: [`webb.${zone}`],
      lines: [`webb.${zone}. A: NXDOMAIN`, '  1. no-such-service: there is no Service shop/webb', '     nearest: web'],
    },
    {
      title: 'why it is refused',
      ask: ['example.com'],
      lines: [
        'example.com. A: REFUSED',
        '  1. not-our-zone: the name is in no zone served here: cluster.local. in-addr.arpa. ip6.arpa.',
      ],
    },
  ]
  for (const { title, ask, lines } of explanations) {
    it(title, async () => {
      expect(await run('explain', ...ask, '-f', shop)).to.deep.equal({ code: 0, out: lines.join('\n'), err: '' })
    })
  }

  it('prints the same as JSON, with facts', async () => {
    const { out } = await run('explain', `webb.${zone}`, '-f', shop, '--json')
    expect(JSON.parse(out)).to.deep.equal({
      question: `webb.${zone}. A`,
      outcome: 'NXDOMAIN',
      reason: 'no-such-service',
      steps: [
        {
          code: 'no-such-service',
          text: 'there is no Service shop/webb',
          facts: { service: 'shop/webb', nearest: 'web' },
        },
      ],
      answer: [],
    })
  })

  describe('who asks', () => {
    const folder = testFolder({
      Corefile: `. {
    view inside {
        expr incidr(client_ip(), '10.0.0.0/8') && type() == 'A'
    }
    template IN A {
        answer "{{ .Name }} 60 IN A 10.0.0.1"
    }
}
. {
    template IN A {
        answer "{{ .Name }} 60 IN A 192.0.2.1"
    }
}
`,
    })
    const explain = (...args: readonly string[]) =>
      run('explain', 'a.test', '-f', shop, '--conf', folder.path('Corefile'), ...args)

    it('is one on this machine, unless it is said', async () => {
      const { code, out } = await explain()
      expect({ code, lines: out.split('\n') }).to.deep.equal({
        code: 0,
        lines: [
          'a.test. A: NOERROR',
          '  1. template: a template for . with the match .* says so',
          '  a.test. 60 IN A 192.0.2.1',
        ],
      })
    })

    it('decides which view takes the question', async () => {
      const { code, out } = await explain('--client', '10.1.2.3')
      expect({ code, lines: out.split('\n') }).to.deep.equal({
        code: 0,
        lines: [
          'a.test. A: NOERROR',
          '  in the view inside, which takes the query from 10.1.2.3',
          '  1. template: a template for . with the match .* says so',
          '  a.test. 60 IN A 10.0.0.1',
        ],
      })
    })

    it('as JSON', async () => {
      expect(JSON.parse((await explain('--json', '--client', '10.1.2.3')).out)).to.include({ view: 'inside' })
      expect(JSON.parse((await explain('--json')).out)).to.not.have.property('view')
    })

    it('must be an address', async () => {
      const { code, err } = await explain('--client', 'me')
      expect(code).to.equal(2)
      expect(err).to.include('expected an IPv4 or IPv6 address')
    })

    it('is who asks a query, too', async () => {
      const { out } = await run(
        'query',
        'a.test',
        '-f',
        shop,
        '--conf',
        folder.path('Corefile'),
        '--client',
        '10.1.2.3',
      )
      expect(out).to.match(/a\.test\.\s+60\s+IN\s+A\s+10\.0\.0\.1/)
    })
  })
})
