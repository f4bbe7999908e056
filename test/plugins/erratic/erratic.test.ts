import { expect } from 'chai'
import { noOffers } from '../../../src/plugin/offers.ts'
import type { SetupContext } from '../../../src/plugin/setup.ts'
import { setupErratic } from '../../../src/plugins/erratic/setup.ts'
import { queryFor, recordsAnswer } from '../../support/answers.ts'
import { ManualTimer } from '../../support/manual-timer.ts'
import { encodeQuery, serveManifests, type TestServer } from '../../support/serve.ts'

const serve = (block = '') => serveManifests('', `test {\nlog\nerratic ${block}\n}\n`)
const name = 'www.test.'

/** Whether each of so many queries has a response. */
async function responses(server: TestServer, count: number, type = 'A'): Promise<boolean[]> {
  const answered: boolean[] = []
  for (let number = 0; number < count; number++) {
    answered.push((await server.send(encodeQuery(`${name} ${type}`))) !== undefined)
  }
  return answered
}

const never = '{\ndrop 0\n}'

describe('erratic', () => {
  for (const { block, expected } of [
    { block: '', expected: [false, true, false, true, false, true] },
    { block: '{\ndrop\n}', expected: [false, true, false, true, false, true] },
    { block: '{\ndrop 3\n}', expected: [false, true, true, false, true, true] },
    { block: '{\ndrop 1\n}', expected: [false, false, false, false, false, false] },
    { block: never, expected: [true, true, true, true, true, true] },
    { block: '{\ntruncate\n}', expected: [true, true, true, true, true, true] },
    { block: '{\ntruncate\ndrop\n}', expected: [false, true, false, true, false, true] },
  ]) {
    for (const type of ['A', 'MX']) {
      it(`drops: ${block.replaceAll('\n', ' ')}: ${type}`, async () => {
        expect(await responses(serve(block), 6, type)).to.deep.equal(expected)
      })
    }
  }

  it('writes no line of what is dropped', async () => {
    const server = serve('{\ndrop 1\n}')
    await responses(server, 3)
    expect(server.lines).to.deep.equal([])
  })

  for (const { block, expected } of [
    { block: '{\ntruncate\n}', expected: [true, true, false, false, true, true] },
    { block: '{\ntruncate 1\n}', expected: [true, false, true, false, true, false] },
    { block: '{\ntruncate 0\ndrop 0\n}', expected: [false, false, false, false, false, false] },
  ]) {
    it(`truncates: ${block.replaceAll('\n', ' ')}`, async () => {
      const server = serve(block)
      const cut: boolean[] = []
      for (const _ of expected) {
        const { tc, answer } = await server.exchange(`${name} A`)
        expect(answer).to.have.lengthOf(1)
        cut.push(tc)
      }
      expect(cut).to.deep.equal(expected)
    })
  }

  for (const { block, delays } of [
    { block: '{\ndelay\n}', delays: [100, 0, 100, 0] },
    { block: '{\ndelay 3\n}', delays: [100, 0, 0, 100] },
    { block: '{\ndelay 3 2s\n}', delays: [2000, 0, 0, 2000] },
    { block: '{\ndelay 1 -2s\n}', delays: [0, 0, 0, 0] },
    { block: '{\ndelay 0\ndrop 0\n}', delays: [0, 0, 0, 0] },
  ]) {
    it(`delays: ${block.replaceAll('\n', ' ')}`, async () => {
      const server = serve(block)
      for (const ms of delays) {
        let isAnswered = false
        const response = server.exchange(`${name} A`).then(() => {
          isAnswered = true
        })
        if (ms > 0) {
          server.timer.pass(ms - 1)
          await new Promise(setImmediate)
          expect(isAnswered).to.equal(false)
        }
        server.timer.pass(ms > 0 ? 1 : 0)
        await response
      }
    })
  }

  it('answers A, AAAA, and nothing else', async () => {
    const server = serve(never)
    expect(await server.ask(`${name} A`)).to.deep.include({
      flags: ['qr', 'aa'],
      answer: [`${name} 0 IN A 192.0.2.53`],
    })
    expect((await server.ask(`${name} AAAA`)).answer).to.deep.equal([`${name} 0 IN AAAA 2001:db8::53`])
    expect(await server.ask(`${name} MX`)).to.deep.include({ rcode: 'SERVFAIL', flags: ['qr'], answer: [] })
    const [step] = await server.trace(`${name} MX`)
    expect([step?.code, step?.describe()]).to.deep.equal([
      'erratic-type',
      'the plugin erratic answers A, AAAA and AXFR, and fails for MX',
    ])
  })

  it('large: 30 addresses, of an A question alone', async () => {
    const server = serve('{\nlarge\ndrop 0\n}')
    expect((await server.ask(`${name} A`, { edns: {} })).answer).to.have.lengthOf(30)
    expect((await server.ask(`${name} AAAA`)).answer).to.have.lengthOf(1)
  })

  for (const { block, types } of [
    { block: never, types: ['SOA', 'NS', 'AAAA', 'AAAA', 'SOA'] },
    { block: '{\ntruncate 1\n}', types: ['SOA', 'NS', 'AAAA', 'AAAA'] },
  ]) {
    it(`AXFR: ${block.replaceAll('\n', ' ')}: ${types.join(' ')}`, async () => {
      const messages = await serve(block).exchangeAll('test. AXFR')
      expect(messages.flatMap(({ answer }) => answer.map(({ type }) => type))).to.deep.equal(types)
    })
  }

  it('is ready while three or four queries have come', () => {
    const offers = noOffers()
    const context = { offers, timer: new ManualTimer() } as unknown as SetupContext // all that it uses
    const { handler } = setupErratic([{ name: 'erratic', file: 'Corefile', line: 1, args: [] }], context)
    const ready = Array.from({ length: 6 }, () => {
      const isReady = offers.probes.map((probe) => [probe.name, probe.isReady()])
      void handler?.serve(queryFor(`${name} A`), () => recordsAnswer([]))
      return isReady
    })
    const expected = [false, false, false, true, true, false]
    expect(ready).to.deep.equal(expected.map((isReady) => [['erratic', isReady]]))
  })
})
