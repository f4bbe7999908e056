import { expect } from 'chai'
import {
  noArguments,
  oneArgument,
  onlyOccurrence,
  type Property,
  properties,
  readDuration,
  readInteger,
  readZones,
  someArguments,
  walkProperties,
} from '../../src/corefile/directive-reader.ts'
import { CorefileError } from '../../src/corefile/errors.ts'
import type { Directive, ServerBlock, Token } from '../../src/corefile/model.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { memoryIo } from './memory-io.ts'

function parseBlock(text: string): ServerBlock {
  const [serverBlock] = parseCorefile(`a 10.1.0.0/23 {\n${text}\n}`, 'Corefile', memoryIo()).serverBlocks
  if (serverBlock === undefined) throw new Error('no server block')
  return serverBlock
}

/** The directive stands on line 2. */
function parseDirective(text: string): Directive {
  const [directive] = parseBlock(text).directives
  if (directive === undefined) throw new Error('no directive')
  return directive
}

const texts = (tokens: readonly Token[]) => tokens.map(({ text }) => text)
const firstArgument = (directive: Directive) => oneArgument(directive)

const known = { pods: () => {}, ttl: () => {}, fallthrough: () => {} }

const errors: readonly { title: string; text: string; read: (directive: Directive) => unknown; error: string }[] = [
  {
    title: 'no argument wanted',
    text: 'f x y',
    read: noArguments,
    error: "2 - Error during parsing: Wrong argument count or unexpected line ending after 'y'",
  },
  {
    title: 'one wanted, none there',
    text: 'f',
    read: oneArgument,
    error: "2 - Error during parsing: Wrong argument count or unexpected line ending after 'f'",
  },
  {
    title: 'one wanted, two there',
    text: 'f x y',
    read: oneArgument,
    error: "2 - Error during parsing: Wrong argument count or unexpected line ending after 'y'",
  },
  {
    title: 'too few',
    text: 'f x',
    read: (directive) => someArguments(directive, { min: 2 }),
    error: "2 - Error during parsing: Wrong argument count or unexpected line ending after 'x'",
  },
  {
    title: 'too many',
    text: 'f x y z',
    read: (directive) => someArguments(directive, { max: 2 }),
    error: "2 - Error during parsing: Wrong argument count or unexpected line ending after 'z'",
  },
  {
    title: 'an unknown property',
    text: 'f {\n pods x\n foo bar\n}',
    read: (directive) => walkProperties(directive, known),
    error: "4 - Error during parsing: unknown property 'foo'",
  },
  {
    title: 'a misspelt property',
    text: 'f {\n falthrough\n}',
    read: (directive) => walkProperties(directive, known),
    error: "3 - Error during parsing: unknown property 'falthrough', did you mean 'fallthrough'?",
  },
  {
    title: 'a property by the name of a method',
    text: 'f {\n toString\n}',
    read: (directive) => walkProperties(directive, known),
    error: "3 - Error during parsing: unknown property 'toString'",
  },
  {
    title: 'a block in the block',
    text: 'f {\n pods {\n }\n}',
    read: (directive) => walkProperties(directive, known),
    error: "3 - Error during parsing: Unexpected token '{', expecting argument",
  },
  {
    title: 'no integer',
    text: 'f 5s',
    read: (directive) => readInteger(firstArgument(directive)),
    error: '2 - Error during parsing: strconv.Atoi: parsing "5s": invalid syntax',
  },
  {
    title: 'no duration',
    text: 'f 5',
    read: (directive) => readDuration(firstArgument(directive)),
    error: '2 - Error during parsing: time: missing unit in duration "5"',
  },
  {
    title: 'no zone',
    text: 'f a..b',
    read: (directive) => readZones(directive.args, parseBlock('f')),
    error: '2 - Error during parsing: zone is not a valid domain name: a..b',
  },
]

describe('corefile: reading directives', () => {
  for (const { title, text, read, error } of errors) {
    it(`${title}: ${error}`, () => {
      const directive = parseDirective(text)
      expect(() => read(directive))
        .to.throw(CorefileError)
        .with.property('message', `Corefile:${error}`)
    })
  }

  it('hands properties to their readers in the order of the file', () => {
    const seen: string[] = []
    const see = ({ name, args, line }: Property) => seen.push(`${line} ${name} ${texts(args).join(' ')}`)
    walkProperties(parseDirective('f {\n ttl 5\n pods a b\n ttl\n}'), { pods: see, ttl: see })
    expect(seen).to.deep.equal(['3 ttl 5', '4 pods a b', '5 ttl '])
  })

  it('finds no properties where there is no block, or an empty one', () => {
    expect(properties(parseDirective('f'))).to.deep.equal([])
    expect(properties(parseDirective('f { }'))).to.deep.equal([])
  })

  it('counts the arguments of a directive and of a property alike', () => {
    const directive = parseDirective('f x {\n ttl 30\n none\n}')
    const [ttl, none] = properties(directive)
    if (ttl === undefined || none === undefined) throw new Error('no properties')
    expect(oneArgument(directive).text).to.equal('x')
    expect(readInteger(oneArgument(ttl))).to.equal(30)
    expect(noArguments(none)).to.equal(undefined)
    expect(texts(someArguments(directive, { min: 1, max: 2 }))).to.deep.equal(['x'])
    expect(someArguments(none, {})).to.deep.equal([])
  })

  it('reads a duration in milliseconds', () => {
    expect(readDuration(firstArgument(parseDirective('f 1m30s')))).to.equal(90_000)
  })

  it("reads zones, or without any takes the server block's", () => {
    const serverBlock = parseBlock('f B 10.0.0.0/8')
    expect(readZones(serverBlock.directives[0]?.args ?? [], serverBlock)).to.deep.equal(['b.', '10.in-addr.arpa.'])
    expect(readZones([], serverBlock)).to.deep.equal(['a.', '0.1.10.in-addr.arpa.', '1.1.10.in-addr.arpa.'])
  })

  it('takes a directive that may stand only once', () => {
    const { directives } = parseBlock('f 1\nf 2')
    expect(onlyOccurrence(directives.slice(0, 1))).to.equal(directives[0])
    expect(() => onlyOccurrence(directives))
      .to.throw(CorefileError)
      .with.property('message', 'Corefile:3 - Error during parsing: this plugin can only be used once per Server Block')
  })
})
