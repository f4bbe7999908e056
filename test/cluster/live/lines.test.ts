import { expect } from 'chai'
import fc from 'fast-check'
import { LineSplitter } from '../../../src/cluster/live/lines.ts'
import { layout, object, pieceSizes, piecesOf, write } from './pieces.ts'

function read(pieces: readonly Buffer[]): string[] {
  const lines: string[] = []
  const splitter = new LineSplitter((line) => lines.push(line.toString('utf8')))
  for (const piece of pieces) splitter.add(piece)
  return lines
}

describe('live cluster: the lines of a watch', () => {
  it('come out as they were put in, in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(object, { maxLength: 6 }), layout, pieceSizes, (objects, look, sizes) => {
        const lines = objects.map((each) => write(each, { ...look, indent: '' }))
        const stream = Buffer.from(lines.map((line) => `${line}\n`).join(''))
        expect(read(piecesOf(stream, sizes))).to.deep.equal(lines)
      }),
      { numRuns: 300 },
    )
  })

  const cases: { title: string; pieces: string[]; lines: string[] }[] = [
    { title: 'several in one piece', pieces: ['a\nb\nc\n'], lines: ['a', 'b', 'c'] },
    { title: 'one in several pieces', pieces: ['a', 'b', '', 'c\n'], lines: ['abc'] },
    { title: 'an end of its own', pieces: ['a', '\n', 'b', '\n'], lines: ['a', 'b'] },
    { title: 'empty ones', pieces: ['\n\n', 'a\n\n'], lines: ['', '', 'a', ''] },
    { title: 'one that has no end is none', pieces: ['a\nb'], lines: ['a'] },
    { title: 'nothing', pieces: ['', ''], lines: [] },
  ]
  for (const { title, pieces, lines } of cases) {
    it(title, () => expect(read(pieces.map((piece) => Buffer.from(piece)))).to.deep.equal(lines))
  }

  it('throws on a line without an end', () => {
    const splitter = new LineSplitter(() => {})
    const piece = Buffer.alloc(1024 * 1024, 'x')
    for (let count = 0; count < 16; count++) splitter.add(piece)
    expect(() => splitter.add(piece))
      .to.throw(RangeError)
      .with.property('message', 'found a line of more than 16777216 octets')
  })

  it('counts each line by itself', () => {
    let octets = 0
    const splitter = new LineSplitter((line) => {
      octets += line.length
    })
    const piece = Buffer.from(`\n${'x'.repeat(1024 * 1024)}`)
    for (let count = 0; count < 20; count++) splitter.add(piece)
    expect(octets).to.equal(19 * 1024 * 1024)
  })
})
