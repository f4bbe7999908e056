import fc from 'fast-check'

/** A stream in pieces of any sizes, also such that end within a character or an escape. */
export function piecesOf(octets: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  let at = 0
  for (const size of sizes) {
    pieces.push(octets.subarray(at, at + size))
    at += size
  }
  return [...pieces, octets.subarray(at)]
}

/** Small ones most of all. */
export const pieceSizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 4 }), fc.nat(200)), { maxLength: 40 })

/** JSON texts as different servers write them: strings that hold what means something outside of strings. */
export const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '\n', '<', 'ä', '한', '😀', '\u2028', '\0'),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
  maxLength: 8,
})

/** Not only those that begin like `items`, but also those that end so. */
export const key = fc.oneof(
  fc.constantFrom('items', 'item', 'items ', 'itemss', '\titems', '"items', '\\items', 'it"ems', 'ITEMS', 'metadata'),
  text,
)

export const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, fc.constantFrom(null, true, false, 0, -1.5e30), text, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
})).value

export const object = fc.dictionary(key, value, { maxKeys: 4 })

/** How a JSON text may be written: indented or not, with either line end, `<` as Go escapes it. */
export const layout = fc.record({
  indent: fc.constantFrom('', ' ', '\t'),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  isEscaped: fc.boolean(),
})

export type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never

export function write(json: unknown, { indent, lineEnd, isEscaped }: Layout): string {
  const written = JSON.stringify(json, undefined, indent).replaceAll('\n', lineEnd)
  return isEscaped ? written.replaceAll('<', '\\u003c') : written
}
