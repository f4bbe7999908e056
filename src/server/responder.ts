import {
  defaultPayloadSize,
  type ExtendedError,
  maximumMessageOctets,
  minimumPayloadSize,
  recordlessOctets,
} from '../dns/edns.ts'
import { RCODE, TYPE } from '../dns/iana.ts'
import type { Header, Message, MessageDraft, Question } from '../dns/message.ts'
import type { RRset } from '../dns/record.ts'
import { type Encoded, encodeMessage } from '../dns/wire/encode.ts'
import { headerOctets, uint16At } from '../dns/wire/header.ts'
import { encodeRaw, questionEndOf, ttlOffsetsOf } from '../dns/wire/raw.ts'
import { refused, serverFailure } from '../plugin/chain.ts'
import {
  type Answer,
  type Client,
  isRelayed,
  type Query,
  type RecordsAnswer,
  type RelayedAnswer,
  type Transport,
  unpack,
} from '../plugin/handler.ts'
import type { AnswerFacts, Watch } from '../plugin/observer.ts'
import type { QueryMetrics } from '../plugin/query-metrics.ts'
import { type IxfrQuery, isTransfer, type TransferAnswer } from '../plugin/transfer.ts'
import { type AnswerCache, type FinishedAnswer, fillAnswer } from '../transport/answer-cache.ts'
import { type CacheKey, CacheKeyReader, EDNS_USE } from '../transport/cache-key.ts'
import { type FinishedAnswers, type Messages, noAnswer, type Peer, type StreamHandler } from '../transport/listener.ts'
import type { Handlers } from '../transport/open.ts'
import { messageOf, ServerError, stackOf } from '../util/errors.ts'
import type { Logger } from '../util/log.ts'
import { type MaybePromise, mapMaybe } from '../util/maybe-promise.ts'
import { extendedErrorOf, extendedErrorOfRelayed } from './extended-error.ts'
import { type AnswerNote, clientAt, noteOf, ToldExchange } from './observe.ts'
import { notOurZone, noView, tooBig } from './reasons.ts'
import { responseEdns, responseHeader, screen } from './screen.ts'
import { type Sent, transferMessages } from './transfer.ts'
import { blocksIn, chooseBlock, type RunningBlock, type Zones, zonesOfName } from './zones.ts'

export interface ResponderOptions {
  readonly zones: Zones
  readonly cache: AnswerCache<AnswerNote>
  readonly log: Logger
  readonly transport: Transport
  /** Where the listener is bound. */
  readonly localAddress: string
  /** Its port, where that is known. */
  readonly localPort?: number
  /** Absent: nobody counts. */
  readonly counting?: Counting
  /** Whether a client that speaks EDNS is told why it gets no records (RFC 8914); true unless said otherwise. */
  readonly extendedErrors?: boolean
}

export interface Counting {
  /** How metrics name the server (server-label.ts). */
  readonly server: string
  /** Here is counted what the server answers itself; what blocks do their observers count. */
  readonly queryMetrics: QueryMetrics
}

/**
 * Makes what turns the octets of a query into those of its response: by way of the plugin chain, or from the cache
 * (`finished`).
 *
 * It never throws and never rejects. Undefined: there is no answer due (the message is no query).
 */
export function createResponder<T extends Transport>(
  options: ResponderOptions & { readonly transport: T },
): Handlers[T] {
  const key = new CacheKeyReader()
  const { transport, localAddress, localPort, counting } = options
  const door = { transport, localAddress, localPort, server: counting?.server ?? '' }
  const told = new ToldExchange(door, options.log)
  const responding = { ...options, told, takesAnyClass: takesAnyClass(options.zones) }
  const respond: StreamHandler = (octets, peer) => {
    const startedMs = performance.now()
    return answerFresh(responding, { octets, peer, key: key.read(octets) ? key.copy() : undefined, startedMs })
  }
  const finished = finishedAnswers(responding, key)
  return Object.assign(respond, { finished }) as Handlers[T] // over UDP an answer is one message: see answerFresh
}

interface Responding extends ResponderOptions {
  readonly told: ToldExchange
  readonly takesAnyClass: boolean
}

/** The hot path: no parsing, no promise, no new memory. */
function finishedAnswers(options: Responding, key: CacheKeyReader): FinishedAnswers {
  const { cache, transport, told } = options
  const isObserved = blocksIn(options.zones).some(({ observers }) => observers.length > 0)
  return (message, length, peer, out, receivedMs) => {
    const startedMs = isObserved ? (receivedMs ?? performance.now()) : 0
    if (!key.read(message, length)) return noAnswer
    const entry = cache.get(key, message, responseLimit(transport, key.payloadSize) - key.echoOctets)
    if (entry === undefined) return noAnswer
    const size = fillAnswer(entry, message, key, out)
    if (entry.note !== undefined) {
      told.querySize = length
      told.response = out
      told.responseSize = size
      told.peer = peer
      told.offeredSize = key.payloadSize
      told.dnssecOk = key.edns === EDNS_USE.dnssecOk
      told.startedMs = startedMs
      told.tell(entry.note)
    }
    return size
  }
}

/** Octets that a response may have: over UDP what the client takes, but never what has to be fragmented. */
export function responseLimit(transport: Transport, payloadSize: number): number {
  if (transport === 'tcp') return maximumMessageOctets
  return Math.min(Math.max(payloadSize, minimumPayloadSize), defaultPayloadSize)
}

/** Asks the chain of the block that serves the query, or says that none does. */
export function ask(zones: Zones, query: Query, log: Logger): MaybePromise<Answer> {
  return askZones(zones, query, log).answer
}

/** Who answers, and what. */
type Asked =
  | { readonly block: RunningBlock; readonly answer: MaybePromise<Answer> }
  /** The server itself. */
  | { readonly block: undefined; readonly answer: Answer }

/** What a view or a chain throws becomes SERVFAIL. */
function askZones(zones: Zones, query: Query, log: Logger): Asked {
  const fail = (error: unknown): Answer => {
    // What is thrown on purpose is for the plugin `errors` to tell; anything else is a bug of ours.
    if (!(error instanceof ServerError)) log.error(`Recovered from panic in server: ${stackOf(error)}`)
    return serverFailure(error)
  }
  const choice = attempt(
    () => chooseBlock(zones, query),
    (error) => ({ failure: fail(error) }),
  )
  if ('failure' in choice) return { block: undefined, answer: choice.failure }
  const { block, isPersonal } = choice
  const once = (answer: Answer): Answer => ({ ...answer, validity: { kind: 'once' } })
  if (block === undefined) {
    const answer = outside(zones, query)
    return { block, answer: isPersonal ? once(answer) : answer }
  }
  const answer = attempt(() => block.chain(query), fail)
  const safe = answer instanceof Promise ? answer.catch(fail) : answer
  return { block, answer: isPersonal ? mapMaybe(safe, once) : safe }
}

function attempt<T, F>(run: () => T, fail: (error: unknown) => F): T | F {
  try {
    return run()
  } catch (error) {
    return fail(error)
  }
}

/** None of the zones has the name, or none of their views takes the query. */
function outside(zones: Zones, { qname }: Query): Answer {
  const enclosing = zonesOfName(zones, qname)
  const reason = enclosing.length === 0 ? notOurZone({ zones: [...zones.keys()] }) : noView({ zones: enclosing })
  return { ...refused, trace: [reason] }
}

interface Incoming {
  readonly octets: Uint8Array
  readonly peer: Peer
  readonly key: CacheKey | undefined
  readonly startedMs: number
}

function answerFresh(options: Responding, incoming: Incoming): ReturnType<StreamHandler> {
  const screened = screen(incoming.octets, options.takesAnyClass)
  if (screened.kind === 'drop') return undefined
  if (screened.kind === 'reject') return screened.response
  if (screened.kind === 'notify') return answerNotify(options, { ...incoming, ...screened })
  const answerSelf = (answer: Answer) => answerAsServer(options, { ...incoming, ...screened, answer })
  if (screened.kind === 'refuse') return answerSelf({ ...refused, trace: [screened.step] })
  const { message, question } = screened
  const client = clientAt(options.told.door, incoming.peer)
  const { epoch } = options.cache
  const asked = askZones(options.zones, queryOf(message, question, client), options.log)
  if (asked.block === undefined) return answerSelf(asked.answer)
  const { block } = asked
  return mapMaybe(asked.answer, (answer) => {
    if (answer.isSilent === true) return undefined
    const { octets, peer, key, startedMs } = incoming
    const answered = { octets, peer, key, startedMs, message, question, client, block, epoch, answer }
    if (options.transport === 'tcp' && isTransfer(answer)) return sendZone(options, { ...answered, answer })
    try {
      return finish(options, answered)
    } catch (error) {
      options.log.error(`${question.qname}: the answer cannot be encoded: ${messageOf(error)}`)
      return answerSelf(serverFailure(error))
    }
  })
}

interface IncomingNotify extends Incoming {
  readonly message: Message
  readonly question: Question
  /** Where nobody wants to know. */
  readonly refusal: Uint8Array
}

/** The answer of who has the zone from elsewhere; observers see it like that to a query. */
function answerNotify(options: Responding, { refusal, ...incoming }: IncomingNotify): Uint8Array | undefined {
  const { message, question, peer } = incoming
  const client = clientAt(options.told.door, peer)
  const query = queryOf(message, question, client)
  const { block } = attempt(
    () => chooseBlock(options.zones, query),
    () => ({ block: undefined }),
  )
  for (const receiver of block?.notifyReceivers ?? []) {
    const answer = receiver.notified(question.qname, client)
    if (block === undefined || answer === undefined) continue
    if (answer.isSilent === true) return undefined
    return finish(options, { ...incoming, client, block, epoch: options.cache.epoch, answer, key: undefined })
  }
  return refusal
}

/** As in CoreDNS: they mean something to the server itself (CH), and to other servers. */
function takesAnyClass(zones: Zones): boolean {
  return blocksIn(zones).some(({ plugins }) => plugins.includes('chaos') || plugins.includes('forward'))
}

function queryOf({ id, rd, ad, cd, edns, authority }: Message, question: Question, client: Client): Query {
  const { qname, spelling, qtype, qclass } = question
  const request = { id, rd, ad, cd, ...(edns && { edns }) }
  const query: Query = { qname, spelling, qtype, qclass, client, via: [], request }
  if (question.qtype !== TYPE.IXFR) return query
  const ixfr: IxfrQuery = { ...query, authority }
  return ixfr
}

/** What no chain has answered: there are no records, so it fits in any message. */
function answerAsServer(options: Responding, answered: Incoming & Replied): Uint8Array {
  const { message, answer } = answered
  const response = encodeMessage(responseMessage(options, message, unpack(answer)), minimumPayloadSize).octets
  const facts = factsOf(answered, response)
  tellObservers(options, answered, { note: noteOf(facts, [], ownWatches(options, facts)), response })
  return response
}

/** A query, and what it is answered. */
interface Replied {
  readonly message: Message
  readonly question: Question
  readonly answer: Answer
}

interface Answered extends Incoming, Replied {
  readonly client: Client
  readonly block: RunningBlock
  /** Of the cache, when the chain was asked. */
  readonly epoch: number
}

/** Encodes an answer, keeps it where it may be kept, and shows it to the observers. */
function finish(options: Responding, answered: Answered): Uint8Array {
  const { octets, key, message, answer } = answered
  const { payloadSize = 0 } = message.edns ?? {}
  const { validity, payloadLimit = maximumMessageOctets } = answer
  const taken = responseLimit(options.transport, payloadSize)
  const room = options.transport === 'udp' ? Math.min(taken, payloadLimit) : taken
  const isEchoing = answer.withoutEchoes !== true
  const isLasting = validity.kind === 'until-changed' || validity.kind === 'leased'
  const mayBeKept = key !== undefined && isEchoing && isLasting
  // What is kept serves clients with other options: these are put to it each time that it is given, where they fit.
  const isKept = mayBeKept && room - key.echoOctets >= recordlessOctets
  const limit = isKept ? room - key.echoOctets : room
  const encoded = encodeAnswer(options, answered, { limit, isEchoed: !isKept && isEchoing })
  const note = blockNote(options, answered, encoded.octets)
  let response = encoded.octets
  if (isKept) {
    const entry = options.cache.put(key, taken - key.echoOctets, answered.epoch, {
      octets: encoded.octets,
      optAt: encoded.optAt,
      isComplete: encoded.complete,
      tags: validity.tags,
      rotations: answer.rotate === true ? encoded.rotations : [],
      ...liveSerial(encoded, answer),
      ...leaseOf(encoded, answer),
      ...(answer.payloadLimit !== undefined && { payloadLimit: answer.payloadLimit }),
      ...(answer.recursionDesired !== undefined && { recursionDesired: answer.recursionDesired }),
      ...(answer.withoutOptions === true && { withoutOptions: true }),
      ...(answer.onReuse && { onReuse: answer.onReuse }),
      note,
    })
    response = Buffer.allocUnsafe(encoded.octets.length + key.echoOctets)
    fillAnswer(entry, octets, key, response) // this one is rotated as well
  }
  tellObservers(options, answered, { note, response })
  return response
}

/** A zone over many messages: for the observers it is one exchange. */
function sendZone(options: Responding, answered: Answered & { readonly answer: TransferAnswer }): Messages {
  const { message, question, answer } = answered
  return transferMessages(answer, {
    encode: (part) => encodeMessage(responseMessage(options, message, part), maximumMessageOctets).octets,
    told({ first: response, octets: responseSize, records: answerCount }: Sent) {
      const note = blockNote(options, answered, response, { answerCount })
      tellObservers(options, answered, { note, response, responseSize })
    },
    failed: (error) => options.log.error(`${question.qname}: the transfer cannot go on: ${stackOf(error)}`),
  })
}

/** Who is told of the answer of a chain. As in CoreDNS, that of one that broke down is the server's own. */
function blockNote(
  options: Responding,
  answered: Answered,
  response: Uint8Array,
  more: Partial<AnswerFacts> = {},
): AnswerNote {
  const { block, answer } = answered
  const isPanic = answer.unwritten === 'panic'
  if (!isPanic && block.observers.length === 0) return undefined
  const facts = { ...factsOf(answered, response), ...more }
  return noteOf(facts, block.observers, isPanic ? ownWatches(options, facts) : [])
}

/** What counts an answer of the server itself. */
function ownWatches({ counting }: Responding, facts: AnswerFacts): readonly Watch[] {
  if (counting === undefined) return []
  if (facts.unwritten === 'panic') counting.queryMetrics.panicked()
  return [counting.queryMetrics.watchDropped(facts)]
}

function factsOf({ question, answer }: Replied, response: Uint8Array): AnswerFacts {
  const { trace, unwritten, metadata } = answer
  const rcode = uint16At(response, 2) & 0x0f
  return { question, rcode, ...contentOf(answer), reason: trace?.at(-1)?.code, unwritten, metadata }
}

interface Told {
  readonly note: AnswerNote
  readonly response: Uint8Array
  /** If it is not that of the response. */
  readonly responseSize?: number
}

function tellObservers(
  { told }: Responding,
  { octets, peer, message, startedMs }: Incoming & Replied,
  { note, response, responseSize = response.length }: Told,
): void {
  if (note === undefined) return
  const { payloadSize: offeredSize = 0, dnssecOk = false } = message.edns ?? {}
  const querySize = octets.length
  told.tellOf(note, { querySize, response, responseSize, peer, offeredSize, dnssecOk, startedMs })
}

function contentOf(answer: Answer): Pick<AnswerFacts, 'answerCount' | 'authorityHasSoa' | 'authorityHasNs'> {
  if (isRelayed(answer)) {
    const { header, records } = answer.message
    const has = (type: number) => records.some((record) => record.section === 'authority' && record.type === type)
    return { answerCount: header.ancount, authorityHasSoa: has(TYPE.SOA), authorityHasNs: has(TYPE.NS) }
  }
  const has = (type: RRset['type']) => answer.authority.some((rrset) => rrset.type === type)
  return { answerCount: answer.answer.length, authorityHasSoa: has('SOA'), authorityHasNs: has('NS') }
}

interface Encoding {
  /** Octets that the message may have. */
  readonly limit: number
  /** Whether the options that CoreDNS echoes are. */
  readonly isEchoed: boolean
}

/** What does not even fit in the largest message says so; over UDP, TC says that TCP may hold more. */
function encodeAnswer(options: ResponderOptions, answered: Answered, encoding: Encoding): Encoded {
  const { answer } = answered
  const message = encoding.isEchoed ? answered.message : withoutOptions(answered.message)
  if (isRelayed(answer)) {
    const own = (options.extendedErrors ?? true) ? extendedErrorOfRelayed(answer) : undefined
    return encodeRelayed({ ...answered, message, own }, answer, encoding.limit)
  }
  const encoded = encodeMessage(responseMessage(options, message, answer), encoding.limit)
  if (!encoded.truncated || encoding.limit < maximumMessageOctets) return encoded
  const trace = [...(answer.trace ?? []), tooBig({ octets: maximumMessageOctets })]
  return encodeMessage(responseMessage(options, message, { ...answer, trace }), encoding.limit)
}

function withoutOptions(message: Message): Message {
  if (message.edns?.options === undefined) return message
  const { options, ...edns } = message.edns
  return { ...message, edns }
}

/** What another server sent: its errors and options reach the client as well, but for an error of our own. */
function encodeRelayed(
  { octets, key, message: query, question, own }: Answered & { readonly own: ExtendedError | undefined },
  answer: RelayedAnswer,
  limit: number,
): Encoded {
  const { message, ttl } = answer
  const { isTruncated: tc = message.header.tc } = answer
  const head = { ...headOf(query, answer), tc, question }
  const extendedError = own ?? message.opt?.extendedError
  const edns = query.edns && {
    ...responseEdns(query.edns, answer.options ?? message.opt?.options),
    ...(extendedError && { extendedError }),
  }
  const questionOctets = octets.subarray(headerOctets, key?.questionEnd ?? questionEndOf(octets))
  return encodeRaw(message, { head, questionOctets, ...(ttl !== undefined && { ttl }), ...(edns && { edns }) }, limit)
}

function liveSerial({ serialOffset: offset }: Encoded, answer: Answer): Pick<FinishedAnswer<unknown>, 'live'> {
  if (isRelayed(answer) || offset === undefined || answer.serial === undefined) return {}
  return { live: { offset, read: answer.serial } }
}

function leaseOf({ octets }: Encoded, { validity }: Answer): Pick<FinishedAnswer<unknown>, 'lease'> {
  if (validity.kind !== 'leased') return {}
  const { lease } = validity
  return { lease: { renew: () => lease.renew(), ttlOffsets: ttlOffsetsOf(octets) } }
}

function responseMessage({ extendedErrors = true }: ResponderOptions, query: Message, answer: RecordsAnswer): Message {
  const { answer: records, authority, additional } = answer
  const response: MessageDraft = { ...headOf(query, answer), answer: records, authority, additional }
  if (query.question !== undefined) response.question = query.question
  if (query.edns !== undefined) {
    const extendedError = extendedErrors ? extendedErrorOf(answer) : undefined
    response.edns = { ...responseEdns(query.edns, answer.options), ...(extendedError && { extendedError }) }
  }
  return response
}

function headOf(query: Message, answer: Answer): Header {
  const { authoritative: aa, recursionAvailable: ra = false, authenticData: ad = false } = answer
  const { recursionDesired: rd = query.rd, isTruncated: tc = false, rcode } = answer
  return { ...responseHeader(query), aa, tc, ra, ad, rd, rcode: RCODE[rcode] }
}
