import { expect } from 'chai'
import { RecordSyntaxError } from '../../../src/dns/errors.ts'
import { formatRRset, parseRecord } from '../../../src/dns/text/record.ts'
import { splitWords } from '../../../src/dns/text/words.ts'
import { addresses } from '../messages.ts'

const words = [
  { line: '', words: [] },
  { line: '  a\t b  ', words: ['a', 'b'] },
  { line: 'a ; comment', words: ['a'] },
  { line: 'a;comment', words: ['a'] },
  { line: '"a b" c', words: ['a b', 'c'] },
  { line: '"a;\\"b" ""', words: ['a;\\"b', ''] },
  { line: 'a\\ b\\;c', words: ['a\\ b\\;c'] },
]

const noRecords = [
  { line: '', found: /owner, TTL, IN, type and rdata/ },
  { line: 'a. 5 CH TXT x', found: /owner, TTL, IN/ },
  { line: 'a. IN A 10.0.0.1', found: /owner, TTL, IN/ },
  { line: 'a. 5s IN A 10.0.0.1', found: /'5s'/ },
  { line: 'a. 2147483648 IN A 10.0.0.1', found: /'2147483648'/ },
  { line: 'a. 5 IN OPT x', found: /'OPT'/ },
  { line: 'a. 5 IN NOPE x', found: /'NOPE'/ },
  { line: 'a. 5 IN TXT "x"y', found: /'"x"y'/ },
  { line: 'a. 5 IN TXT x\\', found: /found '\\'/ },
]

describe('zone-file lines', () => {
  for (const { line, words: expected } of words) {
    it(`splits '${line}'`, () => expect(splitWords(line)).to.deep.equal(expected))
  }

  for (const { line, found } of noRecords) {
    it(`refuses '${line}'`, () => expect(() => parseRecord(line)).to.throw(RecordSyntaxError, found))
  }

  it('reads a record whatever blanks and letter case it has', () => {
    expect(parseRecord('Web.Example\t5  in a 10.0.0.1 ; one')).to.deep.equal(
      parseRecord('web.example. 5 IN A 10.0.0.1'),
    )
  })

  it('writes one line for each record', () => {
    expect(formatRRset(addresses('web.', 2))).to.deep.equal(['web. 5 IN A 10.244.0.0', 'web. 5 IN A 10.244.0.1'])
  })

  it('escapes in names what means something in a zone file', () => {
    const line = '\\@\\$\\(\\)\\"\\;\\.\\\\\\032. 5 IN A 10.0.0.1'
    expect(formatRRset(parseRecord(line))).to.deep.equal([line])
  })
})
