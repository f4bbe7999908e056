import { expect } from 'chai'
import { nameOf } from '../../../src/dns/name.ts'
import type { Exchange } from '../../../src/plugin/observer.ts'
import { commonFormat, compileFormat } from '../../../src/plugins/log/format.ts'
import { sampleExchange } from '../../support/exchanges.ts'

const { client } = sampleExchange
const v6 = { ...client, address: '2001:db8::1', localAddress: '::1' }

const meaning = (_: Exchange, label: string) => ({ 'kubernetes/service': 'web', 'kubernetes/endpoint': '' })[label]

const common = '10.244.0.9:40212 - 43907 "A IN example.org. udp 41 false 512" NOERROR qr,rd,ra 68 0.037990251s'

const cases: readonly { title: string; format: string; changes?: Partial<Exchange>; line: string }[] = [
  { title: 'the common format', format: commonFormat, line: common },
  { title: 'by its name', format: '{common}', line: common },
  { title: 'combined', format: '{combined}', line: `${common} "0"` },
  { title: 'by its name among others', format: 'dns: {common} {local}', line: `dns: ${common} 10.244.0.2` },
  { title: 'no placeholder', format: 'a query', line: 'a query' },
  {
    title: 'IPv6 in brackets',
    format: '{remote}:{port} {local}',
    changes: { client: v6 },
    line: '[2001:db8::1]:40212 [::1]',
  },
  {
    title: 'TCP',
    format: '{proto} {>bufsize}',
    changes: { client: { ...client, transport: 'tcp' }, payloadSize: 65535 },
    line: 'tcp 65535',
  },
  {
    title: 'DO and the payload size',
    format: '{>do} {>bufsize}',
    changes: { dnssecOk: true, payloadSize: 4096 },
    line: 'true 4096',
  },
  { title: 'a payload size below 512 means 512', format: '{>bufsize}', changes: { payloadSize: 100 }, line: '512' },
  {
    title: 'class ANY, which is no type',
    format: '{class}',
    changes: { question: { ...sampleExchange.question, qclass: 255 } },
    line: 'CLASS255',
  },
  {
    title: 'an unknown type and class',
    format: '{type} {class}',
    changes: { question: { ...sampleExchange.question, qtype: 65280, qclass: 7 } },
    line: 'TYPE65280 CLASS7',
  },
  {
    title: 'a name with what means something in a zone file',
    format: '"{name}"',
    changes: { question: { ...sampleExchange.question, qname: nameOf(['a"b', "c'd @", '(e);', 'f\\032', 'g.h\n']) } },
    line: String.raw`"a\"b.c\'d\ \@.\(e\)\;.f\\032.g\.h\010."`,
  },
  { title: 'a reason', format: '{reason}', changes: { reason: 'no-such-service' }, line: 'no-such-service' },
  { title: 'no reason', format: '{reason}', line: '-' },
  { title: 'an rcode', format: '{rcode}', changes: { rcode: 3 }, line: 'NXDOMAIN' },
  { title: 'an opcode', format: '{>opcode}', changes: { opcode: 4 }, line: '4' },
  { title: 'an id', format: '{>id}', changes: { id: 0 }, line: '0' },
  { title: 'all flags', format: '{>rflags}', changes: { flags: 0xffff }, line: 'qr,aa,tc,rd,ra,z,ad,cd' },
  { title: 'no flag', format: '{>rflags}', changes: { flags: 0 }, line: '-' },
  { title: 'unknown placeholders stay', format: '{nope} {>nope} {} { type }', line: '{nope} {>nope} {} { type }' },
  {
    title: 'names of the language are none',
    format: '{constructor} {toString} {__proto__}',
    line: '{constructor} {toString} {__proto__}',
  },
  { title: 'metadata', format: '{/kubernetes/service}|{/x}', line: 'web|-' },
  { title: 'metadata that is empty', format: '<{/kubernetes/endpoint}>', line: '<>' },
  { title: 'braces that do not close', format: '{type {name} } {', line: '{type example.org. } {' },
  { title: 'text around placeholders', format: '[{name}]{type}{type}', line: '[example.org.]AA' },
]

const durations = [
  { durationMs: 0, text: '0s' },
  { durationMs: 0.000001, text: '0.000000001s' },
  { durationMs: 0.0005, text: '0.0000005s' },
  { durationMs: 0.04, text: '0.00004s' },
  { durationMs: 1, text: '0.001s' },
  { durationMs: 100, text: '0.1s' },
  { durationMs: 2000, text: '2s' },
  { durationMs: 10_000, text: '10s' },
  { durationMs: 1_234_567.891, text: '1234.567891s' },
]

describe('log: format', () => {
  for (const { title, format, changes = {}, line } of cases) {
    it(`${title}: ${format}`, () =>
      expect(compileFormat(format, meaning)({ ...sampleExchange, ...changes })).to.equal(line))
  }

  for (const { durationMs, text } of durations) {
    it(`a duration of ${durationMs} ms is ${text}, without an exponent`, () => {
      expect(compileFormat('{duration}', meaning)({ ...sampleExchange, durationMs })).to.equal(text)
    })
  }
})
