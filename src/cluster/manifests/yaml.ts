import {
  type Alias,
  Composer,
  type Document,
  isAlias,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  Parser,
  type Scalar,
  type Tags,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { messageOf } from '../../util/errors.ts'
import type { Place, Report } from './errors.ts'
import { maxDepth, type Value } from './value.ts'

/**
 * Reads every document of a YAML or JSON text, with the place of each part; empty documents are left out. One is read
 * as it is asked for: what the ones before were made of need not be kept.
 *
 * Never throws: what cannot be read is reported, and a document with an error is left out whole. The dialect
 * is Kubernetes' own: YAML 1.1 (`on` is a boolean, `010` is 8, `<<` merges) but with dates and base-60 numbers as
 * strings (sigs.k8s.io/yaml).
 */
export function* parseYaml(file: string, text: string, report: Report): Generator<Value, void> {
  const lines = new LineCounter()
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  try {
    const options = { prettyErrors: false, schema: 'yaml-1.1', customTags: kubernetesTags } as const
    const tokens = new Parser(lines.addNewLine).parse(text)
    for (const document of new Composer(options).compose(tokens)) {
      // What the composer yields without types is what parseAllDocuments gives with them.
      yield* readDocument(document as Document.Parsed, placeOf, report)
    }
  } catch (error) {
    report(placeOf(0), `yaml: ${messageOf(error)}`)
  }
}

function kubernetesTags(tags: Tags): Tags {
  const dropped = ['timestamp', 'binary', 'omap', 'pairs', 'set'].map((name) => `tag:yaml.org,2002:${name}`)
  return tags.filter((tag) => typeof tag === 'string' || !(dropped.includes(tag.tag) || tag.format === 'TIME'))
}

function readDocument(document: Document.Parsed, placeOf: (offset: number) => Place, report: Report): Value[] {
  if (document.errors.length > 0) {
    reportSyntax(document, placeOf, report)
    return []
  }
  if (document.contents === null) return []
  let isSound = true
  const converter = new Converter(placeOf, (at, message) => {
    isSound = false
    report(at, message)
  })
  const value = converter.convert(document.contents, 0)
  return isSound && value.kind !== 'null' ? [value] : []
}

function reportSyntax(document: Document.Parsed, placeOf: (offset: number) => Place, report: Report): void {
  for (const { message, pos } of telling(document.errors, placeOf)) {
    report(placeOf(pos[0]), `yaml: ${lowerFirst(message)}`)
  }
}

/** The errors that help: one cause may be followed by dozens of its consequences. */
function telling(errors: Document.Parsed['errors'], placeOf: (offset: number) => Place): readonly SyntaxFault[] {
  // A parser that ran out of stack reports each open bracket after that.
  const exhausted = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION')
  if (exhausted !== undefined) return [{ message: 'nested too deeply', pos: exhausted.pos }]
  // Two files joined without `---` between them have every key of an object twice.
  const isAtTop = ({ code, pos }: Document.Parsed['errors'][number]) =>
    code === 'DUPLICATE_KEY' && placeOf(pos[0]).column === 1
  const [first, second, ...others] = errors.filter(isAtTop)
  if (first === undefined || second === undefined || others.length === 0) return errors
  const joined = { message: "found a second object in one document, expected '---' before it", pos: first.pos }
  return [joined, ...errors.filter((error) => !isAtTop(error))]
}

interface SyntaxFault {
  readonly message: string
  readonly pos: readonly [number, number]
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** The life of one document's conversion: its anchors, in the order in which they are set. */
class Converter {
  readonly #placeOf: (offset: number) => Place
  readonly #report: Report
  readonly #anchors = new Map<string, Value>()

  constructor(placeOf: (offset: number) => Place, report: Report) {
    this.#placeOf = placeOf
    this.#report = report
  }

  /** An alias gives the very value of its anchor, never a copy: no document grows by being read. */
  convert(node: ParsedNode | Alias, depth: number): Value {
    const at = this.#placeOf(node.range?.[0] ?? 0)
    if (depth > maxDepth) return this.#refuse(at, `yaml: nested more than ${maxDepth} levels deep`)
    if (isAlias(node)) return this.#resolve(node, at)

    const value = this.#convertContent(node, at, depth)
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, value)
    return value
  }

  #convertContent(node: Exclude<ParsedNode, Alias.Parsed>, at: Place, depth: number): Value {
    if (isScalar(node)) return scalarValue(node, at)
    if (isSeq(node)) return { kind: 'list', at, items: this.#items(node, depth) }
    return { kind: 'map', at, entries: this.#entries(node, at, depth) }
  }

  /** An anchor is known once its value has ended, so no value holds itself. */
  #resolve(alias: Alias, at: Place): Value {
    return (
      this.#anchors.get(alias.source) ?? this.#refuse(at, `yaml: no anchor &${alias.source} stands before this alias`)
    )
  }

  #items(list: YAMLSeq.Parsed | YAMLSeq, depth: number): Value[] {
    return list.items.map((item) => {
      // An item is a node or, written `[a: b]`, a pair, which is a map of one entry.
      if (isPair(item)) return this.#refuse(this.#placeOf(list.range?.[0] ?? 0), 'yaml: a pair in a list')
      return this.convert(item as ParsedNode, depth + 1)
    })
  }

  #entries(map: YAMLMap.Parsed | YAMLMap, at: Place, depth: number): Map<string, Value> {
    const entries = new Map<string, Value>()
    const merged: Value[] = []
    for (const { key, value } of (map as YAMLMap.Parsed).items) {
      const keyAt = this.#placeOf(key.range[0])
      const read: Value = value === null ? { kind: 'null', at: keyAt } : this.convert(value, depth + 1)
      if (!isScalar(key)) this.#refuse(keyAt, 'yaml: found a map or a list as a key, expected a string')
      else if (typeof key.value === 'symbol') merged.push(...(read.kind === 'list' ? read.items : [read]))
      else entries.set(keyText(key), read)
    }
    for (const source of merged) this.#merge(entries, source, at)
    return entries
  }

  /** What is written in the map itself wins over what is merged, and earlier sources over later ones. */
  #merge(entries: Map<string, Value>, source: Value, at: Place): void {
    if (source.kind !== 'map') {
      this.#refuse(at, 'yaml: found no map after <<, expected one, or a list of them')
      return
    }
    for (const [key, value] of source.entries) if (!entries.has(key)) entries.set(key, value)
  }

  #refuse(at: Place, message: string): Value {
    this.#report(at, message)
    return { kind: 'null', at }
  }
}

function scalarValue(node: Scalar, at: Place): Value {
  const { value, source = String(value) } = node
  if (typeof value === 'string') return { kind: 'string', at, text: value }
  if (typeof value === 'boolean') return { kind: 'boolean', at, boolean: value, source }
  if (typeof value === 'number') return { kind: 'number', at, number: value, source }
  return { kind: 'null', at }
}

function keyText(key: Scalar): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
}
