import { expect } from 'chai'
import { consoleExamples, wordsOf } from './console-blocks.ts'
import { normaliseDig } from './normalise.ts'

describe('examples of a page', () => {
  it('are the commands of console blocks, each with its output', () => {
    const page = [
      '# Title',
      '```sh',
      '$ not this',
      '```',
      '```console',
      '$ one',
      'a',
      '',
      'b',
      '$ two --x',
      '```',
      '$ nor this',
    ].join('\n')
    expect(consoleExamples(page)).to.deep.equal([
      { line: 6, command: 'one', output: 'a\n\nb' },
      { line: 10, command: 'two --x', output: '' },
    ])
  })

  it('are split into words, with quotes taken off', () => {
    expect(wordsOf(`dig +noall 'a b' "c"`)).to.deep.equal(['dig', '+noall', 'a b', 'c'])
  })
})

describe('the output of dig', () => {
  const cases = [
    {
      title: 'records in another order are equal',
      left: ';; ANSWER SECTION:\nx. 5 IN A 10.0.0.1\nx. 5 IN A 10.0.0.2\n\n;; END',
      right: ';; ANSWER SECTION:\nx.\t\t5\tIN\tA\t10.0.0.2\nx.\t\t5\tIN\tA\t10.0.0.1\n\n;; END',
      equal: true,
    },
    {
      title: 'a serial may differ',
      left: 'x. 5 IN SOA a. b. 17 7200 1800',
      right: 'x. 5 IN SOA a. b. 4 7200 1800',
      equal: true,
    },
    {
      title: 'another timer of the SOA may not',
      left: 'x. 5 IN SOA a. b. 17 7200',
      right: 'x. 5 IN SOA a. b. 17 1',
      equal: false,
    },
    { title: 'ids may differ', left: ';; status: NOERROR, id: 1', right: ';; status: NOERROR, id: 65', equal: true },
    { title: 'an rcode may not', left: ';; status: NOERROR, id: 1', right: ';; status: NXDOMAIN, id: 1', equal: false },
    { title: 'a TTL may not', left: 'x. 5 IN A 10.0.0.1', right: 'x. 6 IN A 10.0.0.1', equal: false },
  ]

  for (const { title, left, right, equal } of cases) {
    it(title, () => expect(normaliseDig(left) === normaliseDig(right)).to.equal(equal))
  }
})
