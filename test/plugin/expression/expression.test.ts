import { expect } from 'chai'
import fc from 'fast-check'
import { parseName } from '../../../src/dns/name.ts'
import { builtins } from '../../../src/plugin/expression/builtins.ts'
import { compileExpression, ExpressionError, ExpressionSyntaxError } from '../../../src/plugin/expression/expression.ts'
import { Reading } from '../../../src/plugin/expression/reading.ts'
import type { ExpressionValue, StaticType } from '../../../src/plugin/expression/values.ts'
import { environmentOf, environmentTypes } from '../../../src/plugins/template/match-environment.ts'
import { compileRegex } from '../../../src/util/regex.ts'
import { question } from '../../dns/messages.ts'
import { failing, refused, valued } from './cases.ts'

const client = {
  transport: 'udp',
  address: '10.240.0.1',
  port: 40_000,
  localAddress: '192.0.2.53',
  localPort: 53,
} as const
const query = {
  ...question('ip-10.example. A'),
  client,
  via: [],
  request: { id: 7, rd: true, ad: false, cd: false },
}
const offers = {
  metadata: new Map([['kubernetes/client-namespace', () => 'shop']]),
  metadataZones: [parseName('example.')],
}
const reading = new Reading(query, offers)

const pattern = compileRegex('^ip-(?P<a>[0-9]+)[.]example[.]$')
const names = new Map<string, ExpressionValue>(Object.entries({ n: 5n, s: 'text', f: 1.5, b: true }))
const environment = environmentOf(reading, { pattern, groups: pattern.match('ip-10.example.') ?? [] }, names)
const types = {
  names: new Map<string, StaticType>(Object.entries({ n: 'int', s: 'string', f: 'float64', b: 'bool' } as const)),
  functions: environmentTypes.functions,
}

const evaluate = (source: string) => compileExpression(source, types).evaluate(environment)
const print = (value: ExpressionValue) => builtins.get('string')?.call(value)

describe('expression: has the value that expr-lang gives it', () => {
  for (const [source, text] of valued) {
    it(source, () => expect(print(evaluate(source))).to.equal(text))
  }
})

describe('expression: has no value', () => {
  for (const [source, message] of failing) {
    it(`${source}: ${message}`, () => {
      expect(() => evaluate(source))
        .to.throw(ExpressionError)
        .with.property('message', message)
    })
  }
})

describe('expression: is refused', () => {
  for (const [source, message] of refused) {
    it(`${source}: ${message}`, () => {
      expect(() => compileExpression(source, types))
        .to.throw(ExpressionSyntaxError)
        .that.has.property('message')
        .that.satisfies((text: string) => text.startsWith(`${message}\n`))
    })
  }

  for (const name of ['constructor', 'toString', '__proto__']) {
    it(`${name}: there is no such thing`, () => {
      expect(() => compileExpression(name, types)).to.throw(ExpressionSyntaxError)
      expect(() => compileExpression(`${name}()`, types)).to.throw(ExpressionSyntaxError)
      expect(evaluate(`{a: 1}.${name}`)).to.equal(null)
    })
  }

  it('with the place shown below', () => {
    expect(() => compileExpression('n == undefined', types))
      .to.throw()
      .with.property('message', 'unknown name undefined (1:6)\n | n == undefined\n | .....^')
  })

  for (const source of ['let x = 1; x', 'if b { 1 } else { 2 }', 'sum([1])', 'sortBy([1], #)', 'now()']) {
    it(`${source}: not supported`, () => expect(() => compileExpression(source, types)).to.throw(/is not supported/))
  }
})

describe('expression', () => {
  it('ends, with a value or an error of its own, whatever it is given', () => {
    const words = [
      'n',
      's',
      'f',
      'b',
      '1',
      "'a'",
      '"',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '+',
      '-',
      '*',
      '/',
      '%',
      '==',
      '&&',
    ]
    const others = [
      'not ',
      ' in ',
      ' matches ',
      '..',
      '?',
      ':',
      '.',
      '#',
      '|',
      ',',
      'len',
      'any(',
      'map(',
      'nil',
      'true',
      '??',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words, ...others), { maxLength: 15 }), (parts) => {
        try {
          evaluate(parts.join(''))
        } catch (error) {
          expect([ExpressionError, ExpressionSyntaxError]).to.include((error as Error).constructor)
        }
      }),
      { numRuns: 3000 },
    )
  })

  for (const { source, isPersonal } of [
    { source: "name() == 'a' || type() == 'A' || class() == 'IN' || group(0) == ''", isPersonal: false },
    { source: "client_ip() == ''", isPersonal: true },
    { source: "proto() == 'udp'", isPersonal: true },
    { source: "port() == ''", isPersonal: true },
    { source: "server_ip() == ''", isPersonal: true },
    { source: "server_port() == ''", isPersonal: true },
    { source: 'id() == 1', isPersonal: true },
    { source: 'do()', isPersonal: true },
    { source: 'bufsize() > 512', isPersonal: true },
    { source: 'size() > 512', isPersonal: true },
    { source: "metadata('a/b') == ''", isPersonal: true },
  ]) {
    it(`${source} is ${isPersonal ? "the query's own" : 'the same for all'}`, () => {
      const own = new Reading(query, offers)
      compileExpression(source, types).evaluate(environmentOf(own, { pattern, groups: [''] }, names))
      expect(own.isPersonal).to.equal(isPersonal)
    })
  }

  for (const { source, value } of [
    { source: 'client_ip()', value: '10.240.0.1' },
    { source: 'port()', value: '40000' },
    { source: 'server_ip()', value: '192.0.2.53' },
    { source: 'proto()', value: 'udp' },
    { source: 'class()', value: 'IN' },
    { source: 'id()', value: 7n },
    { source: 'opcode()', value: 0n },
    { source: 'bufsize()', value: 512n },
    { source: 'size()', value: 31n },
    { source: 'server_port()', value: '53' },
    { source: "metadata('kubernetes/client-namespace')", value: 'shop' },
    { source: "metadata('a/b')", value: '' },
  ]) {
    it(`${source} is ${value}`, () => expect(evaluate(source)).to.equal(value))
  }

  it('class() of a question for any class is not the name of a type', () => {
    const own = environmentOf(new Reading({ ...query, qclass: 255 }, offers), { pattern, groups: [] }, names)
    expect(compileExpression('class()', types).evaluate(own)).to.equal('CLASS255')
  })
})
