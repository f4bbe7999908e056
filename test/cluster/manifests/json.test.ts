import { expect } from 'chai'
import fc from 'fast-check'
import type { Problem } from '../../../src/cluster/manifests/errors.ts'
import { parseJson } from '../../../src/cluster/manifests/json.ts'
import { problemList } from '../../../src/cluster/manifests/reading.ts'
import type { Value } from '../../../src/cluster/manifests/value.ts'
import { parseYaml } from '../../../src/cluster/manifests/yaml.ts'
import { problemsOf } from './support.ts'

/** Read by `parseJson`, all of them. */
const taken: readonly string[] = [
  '{}',
  ' \t\n{ } \n',
  '{"a":[],"b":{},"c":""}',
  '{"a":1,"b":-0,"c":1.50,"d":1e3,"e":-1.5E-7,"f":999999999999999,"g":1e308,"h":1e400}',
  '{"a":true,"b":false,"c":null,"d":[null,true,1,"x",[{}]]}',
  '{"":"","a b":"c: d","#":"# no comment","- a":"- b","&a":"*a","!t":"!u","on":"yes","1":"1"}',
  '{"__proto__":{"constructor":1},"toString":[2]}',
  '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u0000","\\u0061b":"\\ud83d\\ude00 \\ud83d","é":"😀"}',
  '{\n\t"a": [\n\t\t1,\n\t\t{ "b"  : "c" },\n\n\t\t"d"\n\t]\n}\n',
  '{"a":"---","b":"...","c":"{{ x }}"\n}',
  '{\n"a"\t:\n"b"\n,\n"c":1\n,"d":[\n1\n,true\n]}',
  `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`,
]

/** Left to `parseYaml`, with what that says of them. */
const left: readonly { readonly title: string; readonly text: string; readonly problems: readonly string[] }[] = [
  { title: 'key given twice', text: '{"a": 1,\n "a": 2}', problems: ['2:2: yaml: map keys must be unique'] },
  {
    title: 'key given twice, once escaped',
    text: '{"b": {"a": 1, "\\u0061": 2}}',
    problems: ['1:16: yaml: map keys must be unique'],
  },
  {
    title: 'key given twice that is special to JavaScript',
    text: '{"__proto__": 1, "__proto__": 1}',
    problems: ['1:18: yaml: map keys must be unique'],
  },
  {
    title: 'more levels than any object has',
    text: `{"a":${'['.repeat(150)}${']'.repeat(150)}}`,
    problems: ['1:106: yaml: nested more than 100 levels deep'],
  },
  {
    title: 'no end',
    text: '{"a": [1, 2}',
    problems: [
      '1:12: yaml: flow sequence in block collection must be sufficiently indented and end with a ]',
      '1:12: yaml: flow map must end with a }',
    ],
  },
  { title: 'comment', text: '{"a": 1} # b', problems: [] },
  { title: 'several documents', text: '{"a": 1}\n---\n{"a": 1}', problems: [] },
  { title: 'byte order mark', text: '\ufeff{"a": 1}', problems: [] },
  { title: 'comma at the end', text: '{"a": [1,],}', problems: [] },
  { title: 'carriage returns', text: '{\r\n"a": 1}\r\n', problems: [] },
  { title: 'what YAML merges', text: '{"<<": {"a": 1}}', problems: [] },
  { title: 'number of many digits', text: '{"a": 9007199254740993000}', problems: [] },
  { title: 'octal number', text: '{"a": 010}', problems: [] },
  { title: 'key without quotes', text: '{a: 1}', problems: [] },
  { title: 'list', text: '[1]', problems: [] },
  { title: 'nothing', text: '', problems: [] },
]

describe('parseJson', () => {
  for (const text of taken) {
    it(`gives what parseYaml gives: ${JSON.stringify(text).slice(1, 60)}`, () => {
      expect([parseJson('m', text)]).to.deep.equal(readAsYaml(text).values)
      expect(readAsYaml(text).problems).to.deep.equal([])
    })
  }

  for (const { title, text, problems } of left) {
    it(`leaves to parseYaml: ${title}`, () => {
      expect(parseJson('m', text)).to.equal(undefined)
      const told = readAsYaml(text).problems.map(({ line, column, message }) => `${line}:${column}: ${message}`)
      expect(told).to.deep.equal(problems)
    })
  }

  it('refuses objects with the places that they have in the text', () => {
    const text = '{\n\t"apiVersion": "v1", "kind": "Pod",\n\t"metadata": {"name": 5}, "spec": {"hostname": "A"}\n}'
    const [first, second, ...more] = problemsOf(text)
    expect(first).to.equal('3:23: metadata.name: found the number 5, expected a string: put it in quotes')
    expect(second).to.match(/^3:48: spec\.hostname: found 'A', /)
    expect(more).to.deep.equal([])
  })

  it('gives what parseYaml gives, or nothing, of any JSON', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const yaml = readAsYaml(text)
        const json = parseJson('m', text)
        if (json !== undefined) expect({ values: [json], problems: [] }).to.deep.equal(yaml)
      }),
      { numRuns: 2000 },
    )
  })

  it('gives what parseYaml gives, or nothing, of JSON that was damaged', () => {
    const damage = fc.record({ at: fc.nat(500), length: fc.nat(3), text: fc.constantFrom(...pieces) })
    fc.assert(
      fc.property(jsonText, damage, (whole, { at, length, text }) => {
        const start = at % (whole.length + 1)
        const damaged = whole.slice(0, start) + text + whole.slice(start + length)
        const json = parseJson('m', damaged)
        if (json !== undefined) expect({ values: [json], problems: [] }).to.deep.equal(readAsYaml(damaged))
      }),
      { numRuns: 2000 },
    )
  })
})

function readAsYaml(text: string): { readonly values: readonly Value[]; readonly problems: readonly Problem[] } {
  const { problems, report } = problemList()
  return { values: [...parseYaml('m', text, report)], problems }
}

/** What JSON is made of, and what it is not. */
const pieces = [
  '',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  ' ',
  '\n',
  '\t',
  '\r',
  '#',
  '- ',
  '0',
  'e',
  '.',
  '\0',
  '\ufeff',
]

const whiteSpace = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('', '', ' ', '\n', '\t', '\n  ', ' \n\n\t') },
  { weight: 1, arbitrary: fc.constant('\r\n') },
)
const oddWords = [
  '',
  '<<',
  '__proto__',
  'null',
  '1',
  '~',
  'a: b',
  ' #',
  '---',
  '\ufeff',
  '\u2028',
  '\u0085',
  '\x7f',
  '=',
]
const text = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom('a', 'b', ...oddWords) },
  { weight: 9, arbitrary: fc.string({ unit: 'binary', minLength: 2, maxLength: 8 }) },
  { weight: 9, arbitrary: fc.string({ minLength: 2, maxLength: 8 }) },
  { weight: 1, arbitrary: fc.nat(1100).map((length) => 'k'.repeat(length)) },
)
const quoted = fc
  .tuple(text, fc.boolean())
  .map(([plain, isEscaped]) => (isEscaped ? escaped(plain) : JSON.stringify(plain)))
const scalar = fc.oneof(
  quoted,
  fc.constantFrom('null', 'true', 'false', '1e400', '-0', '0.0', '1E+5', '12345678901234567890', '1e5', '-1.0e-3'),
  fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger()).map(String),
)

/** JSON objects, few of their keys different, with white space wherever it may be. */
const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string; object: string }>((tie) => ({
  object: fc
    .tuple(fc.array(fc.tuple(quoted, tie('value'), whiteSpace, whiteSpace), { maxLength: 4 }), whiteSpace)
    .map(
      ([pairs, around]) =>
        `${around}{${pairs.map(([key, value, before, after]) => `${before}${key}${after}:${value}`).join(',')}${around}}${around}`,
    ),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    tie('object'),
    fc
      .tuple(fc.array(tie('value'), { maxLength: 3 }), whiteSpace)
      .map(([items, around]) => `${around}[${around}${items.join(`${around},`)}]${around}`),
  ),
})).object

function escaped(plain: string): string {
  return `"${[...plain].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
}
