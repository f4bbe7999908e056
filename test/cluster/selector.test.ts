import { expect } from 'chai'
import { matches, parseSelector, type Selector, SelectorSyntaxError } from '../../src/cluster/selector.ts'

const web: Selector = [{ operator: 'in', key: 'app', values: ['web'] }]
const in64 = 'x'.repeat(64)
const name = "up to 63 of letters, digits, '-', '_' and '.', with a letter or digit at both ends"
const noKey = (key: string) =>
  `unable to parse requirement: '${key}' is no label key: expected [PREFIX/]NAME, ${name}, and PREFIX a DNS name`
const noValue = (value: string) => `unable to parse requirement: '${value}' is no label value: expected ${name}`

const right: { text: string; selector: Selector }[] = [
  { text: '', selector: [] },
  { text: '  ', selector: [] },
  { text: 'app=web', selector: web },
  { text: 'app==web', selector: web },
  { text: ' app = web ', selector: web },
  { text: 'app in (web)', selector: web },
  { text: 'app in(web)', selector: web },
  { text: 'app==', selector: [{ operator: 'in', key: 'app', values: [''] }] },
  { text: 'app=', selector: [{ operator: 'in', key: 'app', values: [''] }] },
  { text: 'app!=web', selector: [{ operator: 'notin', key: 'app', values: ['web'] }] },
  { text: 'app != web', selector: [{ operator: 'notin', key: 'app', values: ['web'] }] },
  { text: 'app notin (web, db)', selector: [{ operator: 'notin', key: 'app', values: ['web', 'db'] }] },
  { text: 'app in (b,a,b)', selector: [{ operator: 'in', key: 'app', values: ['b', 'a'] }] },
  { text: 'app in ()', selector: [{ operator: 'in', key: 'app', values: [''] }] },
  { text: 'app in (a,)', selector: [{ operator: 'in', key: 'app', values: ['a', ''] }] },
  { text: 'app in (,a)', selector: [{ operator: 'in', key: 'app', values: ['', 'a'] }] },
  { text: 'app', selector: [{ operator: 'exists', key: 'app' }] },
  { text: '!app', selector: [{ operator: 'absent', key: 'app' }] },
  { text: '! app', selector: [{ operator: 'absent', key: 'app' }] },
  {
    text: 'app.kubernetes.io/part-of=a.b_c-D',
    selector: [{ operator: 'in', key: 'app.kubernetes.io/part-of', values: ['a.b_c-D'] }],
  },
  { text: 'in in (in,notin)', selector: [{ operator: 'in', key: 'in', values: ['in', 'notin'] }] },
  { text: 'notin', selector: [{ operator: 'exists', key: 'notin' }] },
  {
    text: 'app=web,tier!=test,env in (a, b),!hidden,owner',
    selector: [
      ...web,
      { operator: 'notin', key: 'tier', values: ['test'] },
      { operator: 'in', key: 'env', values: ['a', 'b'] },
      { operator: 'absent', key: 'hidden' },
      { operator: 'exists', key: 'owner' },
    ],
  },
  {
    text: 'a=,b',
    selector: [
      { operator: 'in', key: 'a', values: [''] },
      { operator: 'exists', key: 'b' },
    ],
  },
]

const wrong = [
  { text: ',', error: "found ',', expected: !, identifier, or 'end of string'" },
  { text: '=web', error: "found '=', expected: !, identifier, or 'end of string'" },
  { text: 'app,', error: "found '', expected: identifier after ','" },
  { text: 'app,,tier', error: "found ',', expected: identifier after ','" },
  { text: '!', error: "unable to parse requirement: found '', expected: identifier" },
  { text: '!!app', error: "unable to parse requirement: found '!', expected: identifier" },
  { text: '!app=web', error: "found '=', expected: ',' or 'end of string'" },
  { text: 'app web', error: "unable to parse requirement: found 'web', expected: in, notin, =, ==, !=" },
  { text: 'app > 1', error: "unable to parse requirement: found '>', expected: in, notin, =, ==, !=" },
  { text: 'app===web', error: "unable to parse requirement: found '=', expected: identifier" },
  { text: 'app=web db', error: "found 'db', expected: ',' or 'end of string'" },
  { text: 'app in web', error: "unable to parse requirement: found 'web' expected: '('" },
  { text: 'app in (web', error: "unable to parse requirement: found '', expected: ',' or ')'" },
  { text: 'app in (web db)', error: "unable to parse requirement: found 'db', expected: ',' or ')'" },
  { text: 'app in (web,', error: "unable to parse requirement: found '', expected: ',' or ')'" },
  { text: 'app)', error: "unable to parse requirement: found ')', expected: in, notin, =, ==, !=" },
  { text: '-app', error: noKey('-app') },
  { text: 'a/b/c', error: noKey('a/b/c') },
  { text: '/b', error: noKey('/b') },
  { text: 'a/', error: noKey('a/') },
  { text: 'A.com/b', error: noKey('A.com/b') },
  { text: `${`${'a'.repeat(63)}.`.repeat(4)}com/b`, error: noKey(`${`${'a'.repeat(63)}.`.repeat(4)}com/b`) },
  { text: in64, error: noKey(in64) },
  { text: 'app=web-', error: noValue('web-') },
  { text: 'app=a/b', error: noValue('a/b') },
  { text: `app in (a,${in64})`, error: noValue(in64) },
]

describe('label selectors: text', () => {
  for (const { text, selector } of right) {
    it(`'${text}'`, () => expect(parseSelector(text)).to.deep.equal(selector))
  }
  for (const { text, error } of wrong) {
    it(`'${text}': ${error}`, () => {
      expect(() => parseSelector(text))
        .to.throw(SelectorSyntaxError)
        .with.property('message', `couldn't parse the selector string "${text}": ${error}`)
    })
  }
})

const labels = { app: 'web', env: '', 'example.com/owner': 'me' }
const decisions = [
  { text: '', yes: true },
  { text: 'app=web', yes: true },
  { text: 'app=Web', yes: false },
  { text: 'tier=web', yes: false },
  { text: 'app!=web', yes: false },
  { text: 'app!=db', yes: true },
  { text: 'tier!=web', yes: true },
  { text: 'app in (db,web)', yes: true },
  { text: 'app in (db)', yes: false },
  { text: 'tier in (db)', yes: false },
  { text: 'app notin (db)', yes: true },
  { text: 'app notin (db,web)', yes: false },
  { text: 'tier notin (db)', yes: true },
  { text: 'app', yes: true },
  { text: 'env', yes: true },
  { text: 'tier', yes: false },
  { text: '!tier', yes: true },
  { text: '!env', yes: false },
  { text: 'env=', yes: true },
  { text: 'app=', yes: false },
  { text: 'tier=', yes: false },
  { text: 'example.com/owner=me', yes: true },
  { text: 'app=web,env,!tier', yes: true },
  { text: 'app=web,tier', yes: false },
  { text: 'app=web,app=db', yes: false },
  { text: 'constructor', yes: false },
  { text: '!toString', yes: true },
]

describe(`label selectors: of ${JSON.stringify(labels)}`, () => {
  for (const { text, yes } of decisions) {
    it(`'${text}' ${yes ? 'selects it' : 'does not'}`, () => {
      expect(matches(parseSelector(text), labels)).to.equal(yes)
    })
  }
})
