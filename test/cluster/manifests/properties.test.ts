import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { loadManifests, type ManifestSet } from '../../../src/cluster/manifests/read.ts'

const fixtures = join(import.meta.dirname, '../../../fixtures')
const documents = ['shop', 'dual-stack', 'multicluster']
  .flatMap((scenario) => readdirSync(join(fixtures, scenario)).map((name) => join(fixtures, scenario, name)))
  .flatMap((file) => readFileSync(file, 'utf8').split(/^---$/m))

describe('manifests: properties', () => {
  it('the cluster does not depend on the order of documents, nor on how files hold them', () => {
    const expected = loadManifests([{ file: 'all.yaml', text: documents.join('\n---\n') }])
    expect(expected.problems).to.deep.equal([])
    const shuffled = fc.shuffledSubarray(documents, { minLength: documents.length })
    fc.assert(
      fc.property(shuffled, fc.integer({ min: 1, max: documents.length }), (order, size) => {
        expect(loadManifests(inFiles(order, size)).objects).to.deep.equal(expected.objects)
      }),
      { numRuns: 30 },
    )
  })

  it('any text is read, or reported with its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expectSound(loadManifests([{ file: 'm', text }]))
      }),
      { numRuns: 300 },
    )
  })

  it('a manifest with pieces cut out, doubled or put elsewhere is read, or reported with its place', () => {
    const piece = fc.record({ from: fc.nat(2000), length: fc.nat(60), to: fc.nat(2000) })
    fc.assert(
      fc.property(
        fc.constantFrom(...documents),
        fc.array(piece, { minLength: 1, maxLength: 4 }),
        (document, pieces) => {
          const text = pieces.reduce(movePiece, document)
          expectSound(loadManifests([{ file: 'm', text }]))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('a value of any kind in the place of any other is read, or reported with its place', () => {
    const value = fc.constantFrom(
      '5',
      '-1',
      '1e400',
      '.nan',
      'x',
      '""',
      'null',
      'true',
      '[]',
      '[[a]]',
      '{}',
      '{ a: 1 }',
      '"\\0"',
    )
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.nat(60), value, (document, index, replacement) => {
        const lines = document.split('\n')
        const at = index % lines.length
        const text = lines.with(at, (lines[at] ?? '').replace(/: .*$/, `: ${replacement}`)).join('\n')
        expectSound(loadManifests([{ file: 'm', text }]))
      }),
      { numRuns: 300 },
    )
  })
})

function inFiles(texts: readonly string[], size: number): { file: string; text: string }[] {
  const count = Math.ceil(texts.length / size)
  return Array.from({ length: count }, (_, index) => ({
    file: `${index}.yaml`,
    text: texts.slice(index * size, (index + 1) * size).join('\n---\n'),
  }))
}

function movePiece(text: string, { from, length, to }: { from: number; length: number; to: number }): string {
  const start = from % (text.length + 1)
  const rest = text.slice(0, start) + text.slice(start + length)
  const at = to % (rest.length + 1)
  return rest.slice(0, at) + text.slice(start, start + length) + rest.slice(at)
}

function expectSound({ objects, problems }: ManifestSet): void {
  for (const { file, line, column, message } of problems) {
    expect([file, line > 0, column > 0, message.length > 0, message.includes('\n')]).to.deep.equal([
      'm',
      true,
      true,
      true,
      false,
    ])
  }
  expect(objects.length > 0).to.equal(problems.length === 0)
}
