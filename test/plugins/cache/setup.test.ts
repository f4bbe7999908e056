import { expect } from 'chai'
import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'
import { configOf } from './harness.ts'

const option = (line: string, error?: string): SetupCase => ({
  text: `cache {\n${line}\n}`,
  ...(error !== undefined && { line: 4, error }),
})
const invalidInteger = (text: string) => `strconv.Atoi: parsing "${text}": invalid syntax`
const unitless = (text: string) => `time: missing unit in duration "${text}"`

const cases: readonly SetupCase[] = [
  { text: 'cache' },
  { text: 'cache {\n}' },
  { text: 'cache 30' },
  { text: 'cache +30 example.org 10.0.0.0/8' },
  { text: 'cache aaa example.nl' },
  { text: 'cache 0', error: 'cache TTL can not be zero or negative: 0' },
  { text: 'cache -1 example.nl', error: 'cache TTL can not be zero or negative: -1' },
  { text: 'cache a..b', error: 'zone is not a valid domain name: a..b' },
  { text: 'cache\ncache', line: 4, error: 'this plugin can only be used once per Server Block' },
  option('positive 15', "unknown property 'positive'"),
  option('serve_stal', "unknown property 'serve_stal', did you mean 'serve_stale'?"),

  ...['success', 'denial'].flatMap((kind) => [
    option(`${kind} 10`),
    option(`${kind} 10 15`),
    option(`${kind} 10 15 0`),
    option(kind, wrongCount(kind)),
    option(`${kind} aaa`, invalidInteger('aaa')),
    option(`${kind} 10 5s`, invalidInteger('5s')),
    option(`${kind} 10 0`, 'cache TTL can not be zero or negative: 0'),
    option(`${kind} 10 15 x`, invalidInteger('x')),
    option(`${kind} 10 15 -1`, 'cache min TTL can not be negative: -1'),
    option(`${kind} 10 15 5 1`, wrongCount('1')),
  ]),

  option('prefetch 10'),
  option('prefetch 10 1m 90%'),
  option('prefetch', wrongCount('prefetch')),
  option('prefetch 1 1m 10% x', wrongCount('x')),
  option('prefetch x', invalidInteger('x')),
  option('prefetch -1', 'prefetch amount should be positive: -1'),
  option('prefetch 0 blurp', 'time: invalid duration "blurp"'),
  option('prefetch 1 1m 10', "last character of percentage should be `%`, but is: '0'"),
  option('prefetch 1 1m x%', invalidInteger('x')),
  option('prefetch 1 1m 9%', 'percentage should fall in range [10, 90]: 9'),
  option('prefetch 1 1m 91%', 'percentage should fall in range [10, 90]: 91'),

  option('serve_stale'),
  option('serve_stale 0 VERIFY'),
  option('serve_stale 1h immediate 4294967295s 5m'),
  option('serve_stale 1h verify 100ms 30s 30s'),
  option('serve_stale 1h verify 100ms 30s 30s x', wrongCount('x')),
  option('serve_stale 1h immediate 30s 30s x', wrongCount('x')),
  option('serve_stale 20', unitless('20')),
  option('serve_stale -20m', 'invalid negative duration for serve_stale'),
  option('serve_stale 1m NoNo', 'invalid value for serve_stale refresh mode: nono'),
  option('serve_stale 1h immediate 100ms', 'serve_stale response TTL must be a whole number of seconds'),
  option('serve_stale 1h immediate 4294967296s', 'serve_stale response TTL exceeds the DNS TTL range'),
  option('serve_stale 1h immediate -1s', 'invalid negative response TTL for serve_stale'),
  option('serve_stale 1h immediate x', 'invalid serve_stale response TTL: time: invalid duration "x"'),
  option('serve_stale 1h immediate 1s -1s', 'invalid negative failure recheck for serve_stale'),
  option('serve_stale 1h immediate 1s 5m1s', 'serve_stale failure recheck cannot exceed 5 minutes'),
  option('serve_stale 1h immediate 1s x', 'invalid serve_stale failure recheck: time: invalid duration "x"'),
  option('serve_stale 1h verify -1ms', 'invalid negative timeout for serve_stale verify'),
  option('serve_stale 1h verify 5', `invalid serve_stale verify timeout: ${unitless('5')}`),
  option('serve_stale 1h verify 1s -1s', 'invalid negative response TTL for serve_stale'),
  option('serve_stale 1h verify 1s 1s -1s', 'invalid negative failure recheck for serve_stale'),

  option('serve_stale\nserve_stale_policy Prefer_Positive'),
  option('serve_stale_policy prefer_positive\nserve_stale'),
  option('serve_stale_policy', wrongCount('serve_stale_policy')),
  option('serve_stale_policy prefer_positive x', wrongCount('x')),
  option('serve_stale_policy newest', 'invalid serve_stale_policy: newest'),
  option('serve_stale_policy prefer_positive', 'serve_stale_policy requires serve_stale'),
  {
    text: 'cache {\nserve_stale\nserve_stale_policy prefer_positive\nserve_stale_policy prefer_positive\n}',
    line: 6,
    error: 'serve_stale_policy can only be specified once',
  },

  option('servfail 0'),
  option('servfail 5m'),
  option('servfail', wrongCount('servfail')),
  option('servfail 1m x', wrongCount('x')),
  option('servfail 20', unitless('20')),
  option('servfail -1s', 'invalid negative ttl for servfail'),
  option('servfail 5m1ms', 'caching SERVFAIL responses over 5 minutes is not permitted'),

  option('disable success'),
  option('disable denial example.com example.org'),
  option('disable', wrongCount('disable')),
  option('disable all', 'cache type for disable must be "success" or "denial"'),
  option('disable all a..b', 'invalid disabled zone: a..b'),

  option('keepttl'),
  option('keepttl yes', wrongCount('yes')),
]

describe('cache: setup', () => {
  testSetup(cases)
})

describe('cache: what a directive means', () => {
  const success = { capacity: 10_000, maximumTtl: 3600, minimumTtl: 5, disabledZones: [] }
  const denial = { ...success, maximumTtl: 1800 }
  const plain = { zones: ['.'], kinds: { success, denial }, servfailMs: 5000, keepsTtl: false }
  const stale = {
    forSeconds: 3600,
    refresh: { kind: 'immediate' },
    responseTtl: 0,
    recheckMs: 0,
    prefersPositive: false,
  }
  const verify = (timeoutMs: number) => ({ kind: 'verify', timeoutMs })

  const meanings: readonly { readonly text: string; readonly config: object }[] = [
    { text: 'cache', config: {} },
    { text: 'cache example.org Example.NET', config: { zones: ['example.org.', 'example.net.'] } },
    {
      text: 'cache 30',
      config: { kinds: { success: { ...success, maximumTtl: 30 }, denial: { ...denial, maximumTtl: 30 } } },
    },
    {
      text: 'cache 30 a.test',
      config: {
        zones: ['a.test.'],
        kinds: { success: { ...success, maximumTtl: 30 }, denial: { ...denial, maximumTtl: 30 } },
      },
    },
    { text: 'cache 30s.test', config: { zones: ['30s.test.'] } },
    {
      text: 'cache 25 {\nsuccess 10\ndenial 20 15 2\n}',
      config: {
        kinds: {
          success: { ...success, capacity: 10, maximumTtl: 25 },
          denial: { ...denial, capacity: 20, maximumTtl: 15, minimumTtl: 2 },
        },
      },
    },
    { text: 'cache {\nservfail 1m\nkeepttl\n}', config: { servfailMs: 60_000, keepsTtl: true } },
    { text: 'cache {\nprefetch 3\n}', config: { prefetch: { amount: 3, gapMs: 60_000, percentage: 10 } } },
    { text: 'cache {\nprefetch 3 2m 20%\n}', config: { prefetch: { amount: 3, gapMs: 120_000, percentage: 20 } } },
    { text: 'cache {\nserve_stale\n}', config: { stale } },
    {
      text: 'cache {\nserve_stale 90s Immediate 7s 8s\n}',
      config: { stale: { ...stale, forSeconds: 90, responseTtl: 7, recheckMs: 8000 } },
    },
    { text: 'cache {\nserve_stale 1h verify\n}', config: { stale: { ...stale, refresh: verify(0) } } },
    {
      text: 'cache {\nserve_stale 1h verify 100ms 7s 8s\n}',
      config: { stale: { ...stale, refresh: verify(100), responseTtl: 7, recheckMs: 8000 } },
    },
    { text: 'cache {\nserve_stale 1h verify 1s\nserve_stale\n}', config: { stale } },
    {
      text: 'cache {\nserve_stale_policy prefer_positive\nserve_stale\n}',
      config: { stale: { ...stale, prefersPositive: true } },
    },
    { text: 'cache {\ndisable denial\n}', config: { kinds: { success, denial: { ...denial, disabledZones: ['.'] } } } },
    {
      text: 'cache {\ndisable success a.test\ndisable success B.test c.test\n}',
      config: { kinds: { success: { ...success, disabledZones: ['b.test.', 'c.test.'] }, denial } },
    },
  ]
  for (const { text, config } of meanings) {
    it(text.replaceAll('\n', ' ; '), () => {
      expect(configOf(text)).to.deep.equal({ ...plain, ...config })
    })
  }
})
