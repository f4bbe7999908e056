import { expect } from 'chai'
import fc from 'fast-check'
import { functions } from '../../../../src/plugins/template/functions.ts'
import {
  parseTemplate,
  TemplateExecutionError,
  TemplateSyntaxError,
} from '../../../../src/plugins/template/go-template/template.ts'
import { stringList, stringMap, type Value } from '../../../../src/plugins/template/go-template/values.ts'
import { failing, refused, rendered } from './cases.ts'

const name = 'ip-10-1-2-3.example.'
const groups = { 0: name, 1: '1', a: '1', b: '2f', empty: '' }
const variables: Readonly<Record<string, Value>> = {
  n: 5n,
  s: 'text',
  t: true,
  f: 1.5,
  nil: null,
  l: { kind: 'list', type: '[]interface {}', items: ['x', 1n] },
}

/** What a Go program had that made the cases. */
const data: Value = {
  kind: 'struct',
  type: '*main.D',
  fields: {
    Zone: () => 'example.',
    Name: () => name,
    Class: () => 'IN',
    Type: () => 'A',
    Remote: () => '10.240.0.1',
    Match: () => stringList([name, '1', '2']),
    Group: () => stringMap(new Map(Object.entries(groups))),
    Message: () => ({ kind: 'struct', type: '*main.M', fields: { Id: () => 4711n } }),
    Question: () => ({
      kind: 'struct',
      type: '*main.Q',
      fields: { Name: () => 'IP-10-1-2-3.example.', Qtype: () => 1n },
    }),
    Var: () => ({
      kind: 'map',
      type: 'map[string]interface {}',
      entries: new Map(Object.entries(variables)),
      zero: null,
    }),
  },
  methods: { Meta: { parameters: ['string'], call: ([label]) => `meta:${label}` } },
}

const parse = (template: string) => parseTemplate('answer', template, functions)

describe('go-template: writes as Go does', () => {
  for (const [template, text] of rendered) {
    it(template, () => expect(parse(template).execute(data)).to.equal(text))
  }
})

describe('go-template: fails as Go does', () => {
  for (const [template, message] of failing) {
    it(template, () => {
      expect(() => parse(template).execute(data))
        .to.throw(TemplateExecutionError)
        .with.property('message', message)
    })
  }
})

describe('go-template: refuses what Go refuses', () => {
  for (const [template, message] of refused) {
    it(template, () => {
      expect(() => parse(template))
        .to.throw(TemplateSyntaxError)
        .with.property('message', message)
    })
  }
})

describe('go-template', () => {
  for (const word of ['define', 'block', 'template']) {
    it(`refuses {{${word}}}, which a record has no use for`, () => {
      expect(() => parse(`{{ ${word} "x" }}`))
        .to.throw(TemplateSyntaxError)
        .with.property('message', `template: answer:1: {{${word}}} is not supported: a record is one template`)
    })
  }

  for (const name of ['constructor', 'toString', '__proto__']) {
    it(`has no field ${name}`, () => {
      expect(() => parse(`{{ .${name} }}`).execute(data)).to.throw(
        TemplateExecutionError,
        `can't evaluate field ${name}`,
      )
      expect(parse(`{{ .Group.${name} }}`).execute(data)).to.equal('<no value>')
      expect(() => parse(`{{ ${name} }}`)).to.throw(TemplateSyntaxError)
    })
  }

  it('tells its source as Go does', () => {
    const source =
      '{{if  eq .Type "A" }} a {{- else}}{{ $x := 1|print }}{{range $i,$e:=.Match}}{{ (index . 1).x }}{{end}}{{end}}'
    expect(parse(source).source).to.equal(
      '{{if eq .Type "A"}} a{{else}}{{$x := 1 | print}}{{range $i, $e := .Match}}{{(index . 1).x}}{{end}}{{end}}',
    )
  })

  it('ends, with a text or an error of a template, whatever it is given', () => {
    const parts = fc.constantFrom(
      ...[
        '{{',
        '}}',
        '{{- ',
        ' -}}',
        ' ',
        '.',
        '.Name',
        '.Match',
        '$',
        '$x',
        ':=',
        '=',
        '|',
        '(',
        ')',
        '"a"',
        '`',
        "'",
        '5',
      ],
      ...[
        '1.5',
        'nil',
        'true',
        'if ',
        'else',
        'end',
        'range ',
        'with ',
        'index ',
        'printf ',
        'len ',
        'eq ',
        'and ',
        '/*',
        '*/',
        ',',
      ],
    )
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 20 }), (words) => {
        try {
          expect(parse(words.join('')).execute(data)).to.be.a('string')
        } catch (error) {
          expect([TemplateSyntaxError, TemplateExecutionError]).to.include((error as Error).constructor)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
