import { expect } from 'chai'
import { run, shop } from './run.ts'

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
})
