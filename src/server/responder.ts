import {
  defaultPayloadSize,
  type ExtendedError,
  maximumMessageOctets,
  minimumPayloadSize,
  recordlessOctets,
} from '../dns/edns.ts'
import { RCODE, TYPE } from '../dns/iana.ts'
import type { Header, Message, MessageDraft, Question } from '../dns/message.ts'
import { type Encoded, encodeMessage } from '../dns/wire/encode.ts'
import { headerOctets } from '../dns/wire/header.ts'
import { encodeRaw, questionEndOf, type RawRecord, ttlOffsetsOf } from '../dns/wire/raw.ts'
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
import { type IxfrQuery, isTransfer, type TransferAnswer } from '../plugin/transfer.ts'
import { type AnswerCache, type FinishedAnswer, fillAnswer } from '../transport/answer-cache.ts'
import { type CacheKey, CacheKeyReader, EDNS_USE } from '../transport/cache-key.ts'
import { type FinishedAnswers, type Messages, noAnswer, type Peer, type StreamHandler } from '../transport/listener.ts'
import type { Handlers } from '../transport/open.ts'
import { messageOf, ServerError, stackOf } from '../util/errors.ts'
import type { Logger } from '../util/log.ts'
import { type MaybePromise, mapMaybe } from '../util/maybe-promise.ts'
import { extendedErrorOf, extendedErrorOfRelayed } from './extended-error.ts'
import { type AnswerNote, tellObservers } from './observe.ts'
import { notOurZone, tooBig } from './reasons.ts'
import { responseEdns, responseHeader, screen } from './screen.ts'
import { type Sent, transferMessages } from './transfer.ts'
import { blockOf, type RunningBlock, type Zones } from './zones.ts'

export interface ResponderOptions {
  readonly zones: Zones
  readonly cache: AnswerCache<AnswerNote>
  readonly log: Logger
  readonly transport: Transport
  /** Where the listener is bound. */
  readonly localAddress: string
  /** Whether a client that speaks EDNS is told why it gets no records (RFC 8914); true unless said otherwise. */
  readonly extendedErrors?: boolean
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
  const isObserved = [...options.zones.values()].some(({ observers }) => observers.length > 0)
  const respond: StreamHandler = (octets, peer) => {
    const startedMs = isObserved ? performance.now() : 0
    return answerFresh(options, { octets, peer, key: key.read(octets) ? key.copy() : undefined, startedMs })
  }
  const finished = finishedAnswers(options, key, isObserved)
  return Object.assign(respond, { finished }) as Handlers[T] // over UDP an answer is one message: see answerFresh
}

/** The hot path: no parsing, no promise, no new memory where nobody observes. */
function finishedAnswers(options: ResponderOptions, key: CacheKeyReader, isObserved: boolean): FinishedAnswers {
  const { cache, transport } = options
  return (message, length, peer, out) => {
    const startedMs = isObserved ? performance.now() : 0
    if (!key.read(message, length)) return noAnswer
    const entry = cache.get(key, message, responseLimit(transport, key.payloadSize) - key.echoOctets)
    if (entry === undefined) return noAnswer
    const size = fillAnswer(entry, message, key, out)
    if (isObserved) {
      const { payloadSize } = key
      const dnssecOk = key.edns === EDNS_USE.dnssecOk
      const [octets, response] = [message.subarray(0, length), out.subarray(0, size)]
      tellObservers(entry.note, { octets, response, client: clientOf(options, peer), payloadSize, dnssecOk, startedMs })
    }
    return size
  }
}

/** Octets that a response may have: over UDP what the client takes, but never what has to be fragmented. */
export function responseLimit(transport: Transport, payloadSize: number): number {
  if (transport === 'tcp') return maximumMessageOctets
  return Math.min(Math.max(payloadSize, minimumPayloadSize), defaultPayloadSize)
}

/** Asks the chain of the block that serves the name, or says that none does. */
export function ask(zones: Zones, query: Query, log: Logger): MaybePromise<Answer> {
  const block = blockOf(zones, query.qname, query.qtype)
  return block === undefined ? outside(zones) : askBlock(block, query, log)
}

/** None of the zones has the name. */
function outside(zones: Zones): Answer {
  return { ...refused, trace: [notOurZone({ zones: [...zones.keys()] })] }
}

/** Asks a chain; what it throws becomes SERVFAIL. */
function askBlock(block: RunningBlock, query: Query, log: Logger): MaybePromise<Answer> {
  const fail = (error: unknown): Answer => {
    // What is thrown on purpose is for the plugin `errors` to tell; anything else is a bug of ours.
    if (!(error instanceof ServerError)) log.error(`Recovered from panic in server: ${stackOf(error)}`)
    return serverFailure(error)
  }
  try {
    const answer = block.chain(query)
    return answer instanceof Promise ? answer.catch(fail) : answer
  } catch (error) {
    return fail(error)
  }
}

interface Incoming {
  readonly octets: Uint8Array
  readonly peer: Peer
  readonly key: CacheKey | undefined
  readonly startedMs: number
}

function answerFresh(options: ResponderOptions, incoming: Incoming): ReturnType<StreamHandler> {
  const screened = screen(incoming.octets, takesAnyClass(options.zones))
  if (screened.kind === 'drop') return undefined
  if (screened.kind === 'reject') return screened.response
  if (screened.kind === 'refuse') return refuse(options, screened.message, { ...refused, trace: [screened.step] })
  const { message, question } = screened
  const client = clientOf(options, incoming.peer)
  const { epoch } = options.cache
  const block = blockOf(options.zones, question.qname, question.qtype)
  if (block === undefined) return refuse(options, message, outside(options.zones))
  return mapMaybe(askBlock(block, queryOf(message, question, client), options.log), (answer) => {
    if (answer.isSilent === true) return undefined
    const { octets, peer, key, startedMs } = incoming
    const answered = { octets, peer, key, startedMs, message, question, client, block, epoch, answer }
    if (options.transport === 'tcp' && isTransfer(answer)) return sendZone(options, { ...answered, answer })
    try {
      return finish(options, answered)
    } catch (error) {
      options.log.error(`${question.qname}: the answer cannot be encoded: ${messageOf(error)}`)
      return refuse(options, message, serverFailure(error))
    }
  })
}

/** As in CoreDNS: they mean something to the server itself (CH), and to other servers. */
function takesAnyClass(zones: Zones): boolean {
  for (const { plugins } of zones.values()) {
    if (plugins.includes('chaos') || plugins.includes('forward')) return true
  }
  return false
}

function queryOf({ id, rd, ad, cd, edns, authority }: Message, question: Question, client: Client): Query {
  const { qname, spelling, qtype, qclass } = question
  const request = { id, rd, ad, cd, ...(edns && { edns }) }
  const query: Query = { qname, spelling, qtype, qclass, client, via: [], request }
  if (question.qtype !== TYPE.IXFR) return query
  const ixfr: IxfrQuery = { ...query, authority }
  return ixfr
}

/** An answer without records, which fits in any message. */
function refuse(options: ResponderOptions, query: Message, answer: Answer): Uint8Array {
  return encodeMessage(responseMessage(options, query, unpack(answer)), minimumPayloadSize).octets
}

interface Answered extends Incoming {
  readonly message: Message
  readonly question: Question
  readonly client: Client
  readonly block: RunningBlock
  /** Of the cache, when the chain was asked. */
  readonly epoch: number
  readonly answer: Answer
}

/** Encodes an answer, keeps it where it may be kept, and shows it to the observers. */
function finish(options: ResponderOptions, answered: Answered): Uint8Array {
  const { octets, key, message, answer, client, startedMs } = answered
  const { payloadSize = 0, dnssecOk = false } = message.edns ?? {}
  const { validity, payloadLimit = maximumMessageOctets } = answer
  const taken = responseLimit(options.transport, payloadSize)
  const room = options.transport === 'udp' ? Math.min(taken, payloadLimit) : taken
  const mayBeKept = key !== undefined && (validity.kind === 'until-changed' || validity.kind === 'leased')
  // What is kept serves clients with other options: these are put to it each time that it is given, where they fit.
  const isKept = mayBeKept && room - key.echoOctets >= recordlessOctets
  const limit = isKept ? room - key.echoOctets : room
  const encoded = encodeAnswer(options, answered, { limit, isEchoed: !isKept })
  const note = noteOf(answered)
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
  tellObservers(note, { octets, response, client, payloadSize, dnssecOk, startedMs })
  return response
}

/** A zone over many messages: for the observers it is one exchange. */
function sendZone(options: ResponderOptions, answered: Answered & { readonly answer: TransferAnswer }): Messages {
  const { octets, message, question, answer, client, startedMs } = answered
  const { payloadSize = 0, dnssecOk = false } = message.edns ?? {}
  return transferMessages(answer, {
    encode: (part) => encodeMessage(responseMessage(options, message, part), maximumMessageOctets).octets,
    told({ first: response, octets: responseSize, records: answerCount }: Sent) {
      const note = noteOf(answered)
      tellObservers(note && { ...note, answerCount }, {
        octets,
        response,
        responseSize,
        client,
        payloadSize,
        dnssecOk,
        startedMs,
      })
    },
    failed: (error) => options.log.error(`${question.qname}: the transfer cannot go on: ${stackOf(error)}`),
  })
}

function noteOf({ block, question, answer }: Answered): AnswerNote {
  const { observers } = block
  if (observers.length === 0) return undefined
  return { observers, question, ...contentOf(answer), reason: answer.trace?.at(-1)?.code }
}

function contentOf(answer: Answer): { readonly answerCount: number; readonly authorityHasSoa: boolean } {
  if (isRelayed(answer)) {
    const { header, records } = answer.message
    const isSoa = ({ section, type }: RawRecord) => section === 'authority' && type === TYPE.SOA
    return { answerCount: header.ancount, authorityHasSoa: records.some(isSoa) }
  }
  return { answerCount: answer.answer.length, authorityHasSoa: answer.authority.some(({ type }) => type === 'SOA') }
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

function clientOf({ transport, localAddress }: ResponderOptions, { address, port }: Peer): Client {
  return { transport, address, port, localAddress }
}
