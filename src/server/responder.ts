import { maximumMessageOctets, minimumPayloadSize, recordlessOctets } from '../dns/edns.ts'
import { TYPE } from '../dns/iana.ts'
import type { Message, Question } from '../dns/message.ts'
import { encodeMessage } from '../dns/wire/encode.ts'
import { refused, serverFailure } from '../plugin/chain.ts'
import { type Answer, type Client, type Query, type Transport, unpack } from '../plugin/handler.ts'
import type { AnswerFacts, Watch } from '../plugin/observer.ts'
import type { QueryMetrics } from '../plugin/query-metrics.ts'
import { type IxfrQuery, isTransfer, type TransferAnswer } from '../plugin/transfer.ts'
import { type AnswerCache, fillAnswer } from '../transport/answer-cache.ts'
import { type CacheKey, CacheKeyReader, EDNS_USE } from '../transport/cache-key.ts'
import { type FinishedAnswers, type Messages, noAnswer, type Peer, type StreamHandler } from '../transport/listener.ts'
import type { Handlers } from '../transport/open.ts'
import { messageOf, stackOf } from '../util/errors.ts'
import type { Logger } from '../util/log.ts'
import { mapMaybe } from '../util/maybe-promise.ts'
import { factsOf } from './answer-facts.ts'
import { askZones, attempt } from './ask.ts'
import { encodeAnswer, finishedAnswer, type Replied, responseLimit, responseMessage } from './encode-answer.ts'
import { type AnswerNote, clientAt, noteOf, ToldExchange } from './observe.ts'
import { screen } from './screen.ts'
import { type Sent, transferMessages } from './transfer.ts'
import { blocksIn, chooseBlock, type RunningBlock, type Zones } from './zones.ts'

export interface ResponderOptions {
  readonly zones: Zones
  readonly cache: AnswerCache<AnswerNote>
  readonly log: Logger
  readonly transport: Transport
  /** Where the listener is bound. */
  readonly localAddress: string
  /** Its port, where that is known. */
  readonly localPort?: number
  /** How log and metrics name the server (server-label.ts); needed where either is looked at. */
  readonly server?: string
  /** Here is counted what the server answers itself; what blocks do their observers count. Absent: nobody counts. */
  readonly queryMetrics?: QueryMetrics
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
  const { transport, localAddress, localPort, server = '' } = options
  const door = { transport, localAddress, localPort, server }
  const told = new ToldExchange(door, options.log)
  const responding = {
    ...options,
    extendedErrors: options.extendedErrors ?? true,
    told,
    takesAnyClass: takesAnyClass(options.zones),
  }
  const respond: StreamHandler = (octets, peer) => {
    const startedMs = performance.now()
    return answerFresh(responding, { octets, peer, key: key.read(octets) ? key.copy() : undefined, startedMs })
  }
  const finished = finishedAnswers(responding, key)
  return Object.assign(respond, { finished }) as Handlers[T] // over UDP an answer is one message: see answerFresh
}

interface Responding extends ResponderOptions {
  readonly extendedErrors: boolean
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
  const asked = askZones(options.zones, queryOf(message, question, client), {
    log: options.log,
    server: options.told.door.server,
  })
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
  const { extendedErrors } = options
  const response = encodeMessage(responseMessage(message, unpack(answer), extendedErrors), minimumPayloadSize).octets
  const facts = factsOf(answered, response)
  tellObservers(options, answered, { note: noteOf(facts, [], ownWatches(options, facts)), response })
  return response
}

interface Answered extends Incoming, Replied {
  readonly client: Client
  readonly block: RunningBlock
  /** Of the cache, when the chain was asked. */
  readonly epoch: number
}

/** Encodes an answer, keeps it where it may be kept, and shows it to the observers. */
function finish(options: Responding, answered: Answered): Uint8Array {
  const { extendedErrors } = options
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
  const encoded = encodeAnswer(answered, { limit, isEchoed: !isKept && isEchoing, extendedErrors })
  const note = blockNote(options, answered, encoded.octets)
  let response = encoded.octets
  if (isKept) {
    const kept = finishedAnswer(encoded, answer, validity.tags, note)
    const entry = options.cache.put(key, taken - key.echoOctets, answered.epoch, kept)
    response = Buffer.allocUnsafe(encoded.octets.length + key.echoOctets)
    fillAnswer(entry, octets, key, response) // this one is rotated as well
  }
  tellObservers(options, answered, { note, response })
  return response
}

/** A zone over many messages: for the observers it is one exchange. */
function sendZone(options: Responding, answered: Answered & { readonly answer: TransferAnswer }): Messages {
  const { message, question, answer } = answered
  const { extendedErrors } = options
  return transferMessages(answer, {
    encode: (part) => encodeMessage(responseMessage(message, part, extendedErrors), maximumMessageOctets).octets,
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
function ownWatches({ queryMetrics }: Responding, facts: AnswerFacts): readonly Watch[] {
  if (queryMetrics === undefined) return []
  if (facts.unwritten === 'panic') queryMetrics.panicked()
  return [queryMetrics.watchDropped(facts)]
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
