import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { decodeMessage } from '../../src/dns/wire/decode.ts'
import { query } from '../dns/messages.ts'
import { octetsOf } from '../server/harness.ts'
import { openClient } from '../transport/tcp/client.ts'
import { isBatchedHere } from '../transport/udp/batched-here.ts'
import { dig, digText } from './dig.ts'
import { Program, root, shop, until } from './program.ts'

const zone = 'shop.svc.cluster.local'
const hasIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'))

/** What the first page asks, with what the fixture says. */
const questions: readonly { ask: readonly string[]; answer: readonly string[]; additional?: readonly string[] }[] = [
  { ask: [`web.${zone}`], answer: [`web.${zone}. 5 IN A 10.96.0.20`] },
  { ask: [`db.${zone}`], answer: [`db.${zone}. 5 IN A 10.244.0.11`, `db.${zone}. 5 IN A 10.244.0.12`] },
  { ask: [`db-0.db.${zone}`], answer: [`db-0.db.${zone}. 5 IN A 10.244.0.11`] },
  {
    ask: ['SRV', `_postgres._tcp.db.${zone}`],
    answer: [0, 1].map((index) => `_postgres._tcp.db.${zone}. 5 IN SRV 0 50 5432 db-${index}.db.${zone}.`),
    additional: [0, 1].map((index) => `db-${index}.db.${zone}. 5 IN A 10.244.0.1${index + 1}`),
  },
  { ask: ['-x', '10.244.0.12'], answer: [`12.0.244.10.in-addr.arpa. 5 IN PTR db-1.db.${zone}.`] },
]

const manners = [
  [],
  ['+tcp'],
  ['+noedns'],
  ['+bufsize=512'],
  ['+dnssec'],
  ['+norec'],
  ['+nocookie'],
  ['+tcp', '+noedns'],
]

describe('dig', () => {
  let program: Program
  before(async () => {
    const listen = ['127.0.0.1:0', ...(hasIpv6 ? ['[::1]:0'] : [])].flatMap((each) => ['--listen', each])
    program = await new Program(['serve', '-f', shop, ...listen]).listening()
    if (hasIpv6) await program.line(/^listening on tcp \[::1\]/)
  })
  after(() => program.stop())

  for (const { ask, answer, additional = [] } of questions) {
    for (const manner of manners) {
      it([...manner, ...ask].join(' '), async () => {
        const dug = await dig(program.port(), ...manner, ...ask)
        expect(dug.status).to.equal('NOERROR')
        expect(dug.flags).to.include('aa').and.not.include.members(['tc'])
        expect([dug.answer, dug.authority, dug.additional]).to.deep.equal([answer, [], additional])
        expect(dug.text.includes('OPT PSEUDOSECTION')).to.equal(!manner.includes('+noedns'))
      })
    }

    it(`${ask.join(' ')}, in mixed case`, async () => {
      const mixed = ask.map((word) => (word.includes('shop') ? word.replaceAll(/[a-z]/g, toggleEveryOther) : word))
      const dug = await dig(program.port(), ...mixed)
      const name = mixed.at(-1) ?? ''
      if (!ask.includes('-x')) expect(dug.text, 'the question is echoed').to.match(new RegExp(`^;${name}\\.\\s`, 'm'))
      expect(dug.answer.map((record) => record.toLowerCase())).to.deep.equal(answer.map((each) => each.toLowerCase()))
    })

    it(`${ask.join(' ')}, over IPv6`, async function ipv6() {
      if (!hasIpv6) this.skip()
      const dug = await dig(program.port('\\[::1\\]'), '@::1', ...ask)
      expect([dug.answer, dug.additional]).to.deep.equal([answer, additional])
    })
  }

  const others = [
    { title: 'a name that is not there', ask: [`no.${zone}`], status: 'NXDOMAIN', soa: true },
    { title: 'a type that is not there', ask: [`web.${zone}`, 'AAAA'], status: 'NOERROR', soa: true },
    { title: 'a type that nobody knows', ask: [`web.${zone}`, 'TYPE65280'], status: 'NOERROR', soa: true },
    { title: 'a name of no zone', ask: ['www.example.com'], status: 'REFUSED', soa: false },
    { title: 'another class', ask: ['-c', 'CH', 'version.bind', 'TXT'], status: 'REFUSED', soa: false },
    { title: 'another version of EDNS', ask: ['+edns=1', '+noednsneg', `web.${zone}`], status: 'BADVERS', soa: false },
    { title: 'another opcode', ask: ['+opcode=STATUS', `web.${zone}`], status: 'NOTIMP', soa: false },
    { title: 'a header alone', ask: ['+header-only', '+noedns'], status: 'FORMERR', soa: false },
  ]
  for (const { title, ask, status, soa } of others) {
    it(`${title}: ${status}`, async () => {
      const dug = await dig(program.port(), ...ask)
      expect(dug.status).to.equal(status)
      expect(dug.answer).to.deep.equal([])
      expect(dug.authority.map((record) => record.split(' ')[3])).to.deep.equal(soa ? ['SOA'] : [])
    })
  }

  it('negotiates the EDNS version', async () => {
    expect((await dig(program.port(), '+edns=1', `web.${zone}`)).answer).to.deep.equal(questions[0]?.answer)
  })

  it('asks several questions over one connection', async () => {
    const names = ['web', 'db', 'api'].map((name) => `${name}.${zone}`)
    const text = await digText(program.port(), '+tcp', '+keepopen', ...names)
    expect(text.match(/status: NOERROR/g)).to.have.length(3)
    expect(text)
      .to.match(/IN\s+A\s+10\.96\.0\.20/)
      .and.match(/IN\s+A\s+10\.244\.0\.11/)
      .and.match(/IN\s+A\s+10\.96\.0\.30/)
  })
})

describe('a TCP connection', () => {
  let program: Program
  before(async () => {
    program = await new Program(['serve', '-f', shop, '--listen', '127.0.0.1:0']).listening()
  })
  after(() => program.stop())

  const names = Array.from({ length: 50 }, (_, index) => `${index % 2 === 0 ? 'web' : 'no'}.${zone}. A`)
  const messages = names.map((name, id) => Buffer.from(octetsOf(query(name, { id }))).toString('latin1'))

  it('answers each of many queries that are sent at once', async () => {
    const client = await openClient({ address: '127.0.0.1', port: program.port() })
    client.send(...messages)
    await until(() => client.inbox().length === messages.length, 'all answers')
    client.socket.destroy()
    expect(rcodesById(client.inbox())).to.deep.equal(names.map((_, id) => (id % 2 === 0 ? 0 : 3)))
  })

  it('answers a query that comes octet by octet', async () => {
    const client = await openClient({ address: '127.0.0.1', port: program.port() })
    const [message = ''] = messages
    for (const octet of Buffer.concat([Buffer.of(0, message.length), Buffer.from(message, 'latin1')])) {
      await new Promise<void>((written) => client.socket.write(Buffer.of(octet), () => written()))
    }
    await until(() => client.inbox().length === 1, 'the answer')
    client.socket.destroy()
    expect(rcodesById(client.inbox())).to.deep.equal([0])
  })

  it('answers a client that has closed its own side', async () => {
    const client = await openClient({ address: '127.0.0.1', port: program.port() })
    client.send(...messages)
    client.socket.end()
    await until(() => client.isClosed(), 'the end')
    expect(client.inbox()).to.have.length(messages.length)
  })
})

describe('a thousand endpoints', () => {
  const name = 'big.load.svc.cluster.local'
  let program: Program
  before(async () => {
    program = await new Program([
      'serve',
      '-f',
      join(root, 'fixtures/big-headless'),
      '--listen',
      '127.0.0.1:0',
    ]).listening()
  })
  after(() => program.stop())

  for (const manner of [[], ['+noedns'], ['+bufsize=512'], ['+bufsize=4096']]) {
    it(`are cut over UDP, with TC: ${['dig', ...manner].join(' ')}`, async () => {
      const dug = await dig(program.port(), '+ignore', ...manner, name)
      expect(dug.status).to.equal('NOERROR')
      expect(dug.flags).to.include('tc')
      expect(dug.answer).to.deep.equal([])
      expect(Number(/MSG SIZE {2}rcvd: (\d+)/.exec(dug.text)?.[1])).to.be.at.most(512)
    })
  }

  it('are whole over TCP, to which dig falls back', async () => {
    const dug = await dig(program.port(), name)
    expect(dug.text).to.include('Truncated, retrying in TCP mode')
    expect(dug.flags).to.not.include('tc')
    expect(new Set(dug.answer)).to.have.length(1000)
  })
})

function toggleEveryOther(letter: string, offset: number): string {
  return offset % 2 === 0 ? letter.toUpperCase() : letter
}

function rcodesById(inbox: readonly string[]): number[] {
  const responses = inbox.map((message) => decodeMessage(Buffer.from(message, 'latin1')))
  return responses.toSorted((left, right) => left.id - right.id).map(({ rcode }) => rcode)
}

describe('dig, asking on all addresses', () => {
  for (const mode of ['auto', 'dgram']) {
    it(`of a server with --udp ${mode}, which says how it reads`, async () => {
      const program = await new Program(['serve', '-f', shop, '--listen', '0.0.0.0:0', '--udp', mode]).listening()
      const isBatched = mode === 'auto' && isBatchedHere
      await until(
        () => program.out.some((line) => line === `[INFO] udp: ${isBatched ? 'recvmmsg and sendmmsg' : 'node:dgram'}`),
        'the way',
      )
      // dig takes no answer from an address that it did not ask.
      for (const address of isBatched ? ['127.0.0.1', '127.0.0.2', '127.77.7.7'] : ['127.0.0.1']) {
        for (const name of [`web.${zone}`, `web.${zone}`]) {
          expect((await dig(program.port(), `@${address}`, name)).answer).to.deep.equal([
            `web.${zone}. 5 IN A 10.96.0.20`,
          ])
        }
      }
      expect((await program.stop()).code).to.equal(0)
    })
  }
})
