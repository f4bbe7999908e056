import { dirname, isAbsolute, join } from 'node:path'
import { messageOf, ServerError } from '../../util/errors.ts'
import { ZoneFileError, ZoneTextError } from '../errors.ts'
import { CLASS, classCode, isMetaType, typeCode } from '../iana.ts'
import { type Name, parseRelativeName, root } from '../name.ts'
import { rrTypeOf } from '../rdata/codecs.ts'
import { maximumTtl, type RRset, type RRType, type Seconds } from '../record.ts'
import { generateLines } from './generate.ts'
import { parseRdata } from './rdata.ts'
import { parseTtl } from './ttl.ts'
import { type Entry, readEntries, type Word } from './zone-lexer.ts'

export interface ZoneFileOptions {
  /** What names without a last dot lie below, until `$ORIGIN` says otherwise. */
  readonly origin: Name
  /** Of records before the first `$TTL` or TTL; absent: they must have one. */
  readonly defaultTtl?: Seconds
  /**
   * Reads a file that `$INCLUDE` names; absent: it is refused.
   *
   * @throws anything, if it cannot be read
   */
  readonly readText?: (path: string) => string
  /** Whether records may say that they are of another class than IN; none is refused for it. */
  readonly takesAnyClass?: boolean
}

/** A record, and where it stands. */
export interface ZoneRecord {
  /** Of one record. */
  readonly rrset: RRset
  readonly file: string
  readonly line: number
}

/** Files that include one another, the first not counted: as deep as CoreDNS goes. */
const maximumIncludes = 7

/** What the TTL of a single record is where it has none, as in CoreDNS. */
const recordTtl: Seconds = 3600

/**
 * Reads a zone file: RFC 1035 section 5, `$TTL` (RFC 2308 section 4), rdata as octets (RFC 3597 section 5), TTLs with
 * units and `$GENERATE` as in BIND.
 *
 * @param file its path, for errors; files to include are looked for beside it
 * @throws ZoneFileError where it stands, what was found, and what was expected
 */
export function readZoneFile(text: string, file: string, options: ZoneFileOptions): Generator<ZoneRecord, void> {
  const { origin, defaultTtl } = options
  const state = { origin, ttl: defaultTtl, hasTtlDirective: false, owner: undefined }
  return readFile({ text, file, depth: 0, options }, state)
}

/**
 * Reads the first record of a text in the form of a zone file, with `$ORIGIN` and `$TTL` before it if need be;
 * undefined if there is none.
 *
 * A TTL left out is 3600, as in CoreDNS. What class it says that it is of is passed over.
 *
 * @param where for errors
 * @throws ZoneFileError
 */
export function parseRecordLine(text: string, origin: Name = root, where = 'record'): RRset | undefined {
  return readZoneFile(text, where, { origin, defaultTtl: recordTtl, takesAnyClass: true }).next().value?.rrset
}

interface Source {
  readonly text: string
  readonly file: string
  readonly depth: number
  readonly options: ZoneFileOptions
}

/** What one entry leaves for those after it. */
interface State {
  origin: Name
  owner: Name | undefined
  ttl: Seconds | undefined
  /** Whether `ttl` is of a directive: else each TTL of a record is that of the next ones, too (RFC 1035). */
  hasTtlDirective: boolean
}

function* readFile(source: Source, state: State): Generator<ZoneRecord, void> {
  for (const entry of readEntries(source.text, source.file)) {
    const [first, ...args] = entry.words
    const isDirective = first !== undefined && !first.quoted && !entry.startsBlank && first.text.startsWith('$')
    if (isDirective) yield* obey(first.text.toUpperCase(), { source, state, line: entry.line, args })
    else yield readRecord(entry, source, state)
  }
}

interface Directive {
  readonly source: Source
  readonly state: State
  readonly line: number
  readonly args: readonly Word[]
}

function* obey(name: string, directive: Directive): Generator<ZoneRecord, void> {
  const { source, state, line, args } = directive
  const fail = (found: string) => new ZoneFileError(source.file, line, found)
  const [first, second] = args
  switch (name) {
    case '$ORIGIN':
      if (first === undefined || second !== undefined) throw fail(`${name} takes one name`)
      state.origin = located(source, line, () => parseRelativeName(first.text, state.origin))
      return
    case '$TTL': {
      const ttl = parseTtl(first?.text ?? '')
      if (ttl === undefined || second !== undefined) throw fail(`${name} takes one TTL of 0 to ${maximumTtl} seconds`)
      state.ttl = ttl
      state.hasTtlDirective = true
      return
    }
    case '$INCLUDE':
      yield* include(directive)
      return
    case '$GENERATE':
      yield* generate(directive)
      return
    default:
      throw fail(`unknown directive '${name}', expected $ORIGIN, $TTL, $INCLUDE or $GENERATE`)
  }
}

/** The file's own `$ORIGIN`, `$TTL` and last owner end with it (RFC 1035 section 5.1). */
function* include({ source, state, line, args }: Directive): Generator<ZoneRecord, void> {
  const { file, depth, options } = source
  const [path, origin, more] = args
  if (path === undefined || more !== undefined) {
    throw new ZoneFileError(file, line, '$INCLUDE takes a file, and an origin or none')
  }
  const { readText } = options
  if (readText === undefined) throw new ZoneFileError(file, line, '$INCLUDE is not allowed here')
  if (depth >= maximumIncludes) throw new ZoneFileError(file, line, `files include one another ${depth + 1} deep`)
  const below = origin && located(source, line, () => parseRelativeName(origin.text, state.origin))
  const included = isAbsolute(path.text) ? path.text : join(dirname(file), path.text)
  const text = readIncluded(included, readText, { source, line })
  yield* readFile({ text, file: included, depth: depth + 1, options }, { ...state, origin: below ?? state.origin })
}

function readIncluded(
  path: string,
  readText: (path: string) => string,
  at: Pick<Directive, 'source' | 'line'>,
): string {
  try {
    return readText(path)
  } catch (cause) {
    throw new ZoneFileError(at.source.file, at.line, `cannot include ${path}: ${messageOf(cause)}`, { cause })
  }
}

/** Its lines count as one: errors in them are at its own. */
function* generate({ source, state, line, args }: Directive): Generator<ZoneRecord, void> {
  const lines = generateLines(args)
  for (;;) {
    const { value: text, done } = located(source, line, () => lines.next())
    if (done === true) return
    for (const entry of readEntries(text, source.file)) yield readRecord({ ...entry, line }, source, state)
  }
}

function readRecord(entry: Entry, source: Source, state: State): ZoneRecord {
  const { line } = entry
  const { file, options } = source
  const rrset = located(source, line, () => {
    const [first, ...others] = entry.words
    const owner = entry.startsBlank || first === undefined ? state.owner : parseRelativeName(first.text, state.origin)
    if (owner === undefined) throw new ZoneTextError('a record without an owner, and none before it')
    state.owner = owner
    const { type, ttl = state.ttl, words } = readHead(entry.startsBlank ? entry.words : others, options)
    if (ttl === undefined) throw new ZoneTextError('no TTL: neither here, nor before, nor by $TTL')
    if (!state.hasTtlDirective) state.ttl = ttl
    return { owner, type, ttl, rdata: [parseRdata(type, words, state.origin)] } as RRset // the codec is the type's own
  })
  return { rrset, file, line }
}

interface Head {
  readonly ttl?: Seconds
  readonly type: RRType
  /** Of the rdata. */
  readonly words: readonly string[]
}

/** TTL and class in any order, or neither, then the type (RFC 1035 section 5.1). */
function readHead(words: readonly Word[], { takesAnyClass = false }: ZoneFileOptions): Head {
  let ttl: Seconds | undefined
  let hasClass = false
  for (const [index, { text }] of words.entries()) {
    const found = ttl === undefined ? parseTtl(text) : undefined
    const rrclass = hasClass ? undefined : classCode(text)
    if (found !== undefined) {
      ttl = found
    } else if (rrclass === CLASS.IN || (rrclass !== undefined && takesAnyClass)) {
      hasClass = true
    } else if (rrclass !== undefined) {
      throw new ZoneTextError(`class ${text}, expected IN`)
    } else {
      const rdata = words.slice(index + 1).map((word) => word.text)
      return { ...(ttl !== undefined && { ttl }), type: readType(text), words: rdata }
    }
  }
  throw new ZoneTextError('no record, expected an owner, a TTL, a class, a type and rdata')
}

function readType(text: string): RRType {
  const code = typeCode(text)
  if (code === undefined) throw new ZoneTextError(`'${text}', expected a TTL, a class or a type`)
  if (isMetaType(code)) throw new ZoneTextError(`type ${text}, of which there are no records in a zone`)
  return rrTypeOf(code)
}

/** Gives what `read` finds wrong its place. */
function located<T>({ file }: Source, line: number, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const isUnplaced =
      error instanceof ZoneTextError || (error instanceof ServerError && !(error instanceof ZoneFileError))
    throw isUnplaced ? new ZoneFileError(file, line, error.message, { cause: error }) : error
  }
}
