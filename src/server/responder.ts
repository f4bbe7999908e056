import { defaultPayloadSize, maximumMessageOctets, minimumPayloadSize } from '../dns/edns.ts'
import { RCODE } from '../dns/iana.ts'
import type { Message, Question } from '../dns/message.ts'
import { type Encoded, encodeMessage } from '../dns/wire/encode.ts'
import { refused, serverFailure } from '../plugin/chain.ts'
import type { Answer, Client, Query, Transport } from '../plugin/handler.ts'
import { type AnswerCache, type FinishedAnswer, fillAnswer } from '../transport/answer-cache.ts'
import { type CacheKey, createCacheKeyReader } from '../transport/cache-key.ts'
import type { MessageHandler, Peer } from '../transport/listener.ts'
import { messageOf, ServerError, stackOf } from '../util/errors.ts'
import type { Logger } from '../util/log.ts'
import { type MaybePromise, mapMaybe } from '../util/maybe-promise.ts'
import { type AnswerNote, tellObservers } from './observe.ts'
import { errorResponse, responseEdns, responseHeader, screen } from './screen.ts'
import { blockOf, type RunningBlock, type Zones } from './zones.ts'

export interface ResponderOptions {
  readonly zones: Zones
  readonly cache: AnswerCache<AnswerNote>
  readonly log: Logger
  readonly transport: Transport
  /** Where the listener is bound. */
  readonly localAddress: string
}

/**
 * Makes what turns the octets of a query into those of its response: from the cache, or by way of the plugin chain.
 *
 * It never throws and never rejects. Undefined: there is no answer due (the message is no query).
 */
export function createResponder(options: ResponderOptions): MessageHandler {
  const { zones, cache, transport } = options
  const readKey = createCacheKeyReader()
  const isObserved = [...zones.values()].some(({ observers }) => observers.length > 0)

  return (octets, peer) => {
    const startedMs = isObserved ? performance.now() : 0
    const key = readKey(octets)
    if (key !== undefined) {
      const entry = cache.get(key, responseLimit(transport, key.payloadSize))
      if (entry !== undefined) {
        const response = fillAnswer(entry, octets, key.questionEnd)
        if (isObserved) {
          const { payloadSize, dnssecOk } = key
          const client = clientOf(options, peer)
          tellObservers(entry.note, { octets, response, client, payloadSize, dnssecOk, startedMs })
        }
        return response
      }
    }
    return answerFresh(options, { octets, peer, key, startedMs })
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
  return block === undefined ? refused : askBlock(block, query, log)
}

/** Asks a chain; what it throws becomes SERVFAIL. */
function askBlock(block: RunningBlock, query: Query, log: Logger): MaybePromise<Answer> {
  const fail = (error: unknown): Answer => {
    // What is thrown on purpose is for the plugin `errors` to tell; anything else is a bug of ours.
    if (!(error instanceof ServerError)) log.error(`Recovered from panic in server: ${stackOf(error)}`)
    return serverFailure
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

function answerFresh(options: ResponderOptions, incoming: Incoming): MaybePromise<Uint8Array | undefined> {
  const screened = screen(incoming.octets)
  if (screened.kind === 'drop') return undefined
  if (screened.kind === 'reject') return screened.response
  const { message, question } = screened
  const client = clientOf(options, incoming.peer)
  const { epoch } = options.cache
  const block = blockOf(options.zones, question.qname, question.qtype)
  if (block === undefined) return encodeMessage(errorResponse(message, 'REFUSED'), minimumPayloadSize).octets
  return mapMaybe(askBlock(block, { ...question, client, via: [] }, options.log), (answer) => {
    try {
      return finish(options, { ...incoming, message, question, client, block, epoch, answer })
    } catch (error) {
      options.log.error(`${question.qname}: the answer cannot be encoded: ${messageOf(error)}`)
      return encodeMessage(errorResponse(message, 'SERVFAIL'), minimumPayloadSize).octets
    }
  })
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
  const { octets, key, message, question, answer, client, startedMs } = answered
  const { payloadSize = 0, dnssecOk = false } = message.edns ?? {}
  const limit = responseLimit(options.transport, payloadSize)
  const encoded = encodeMessage(responseMessage(message, question, answer), limit)
  const note: AnswerNote = {
    observers: answered.block.observers,
    question,
    answerCount: answer.answer.length,
    authorityHasSoa: answer.authority.some(({ type }) => type === 'SOA'),
  }
  let response = encoded.octets
  if (key !== undefined && answer.validity.kind === 'until-changed') {
    const finished = {
      octets: response,
      isComplete: encoded.complete,
      tags: answer.validity.tags,
      rotations: answer.rotate === true ? encoded.rotations : [],
      ...liveSerial(encoded, answer),
      note,
    }
    response = fillAnswer(options.cache.put(key, limit, answered.epoch, finished), octets, key.questionEnd)
  }
  tellObservers(note, { octets, response, client, payloadSize, dnssecOk, startedMs })
  return response
}

function liveSerial(
  { serialOffset: offset }: Encoded,
  { serial: read }: Answer,
): Pick<FinishedAnswer<unknown>, 'live'> {
  return offset === undefined || read === undefined ? {} : { live: { offset, read } }
}

function responseMessage(query: Message, question: Question, answer: Answer): Message {
  return {
    ...responseHeader(query),
    aa: answer.authoritative,
    rcode: RCODE[answer.rcode],
    question,
    answer: answer.answer,
    authority: answer.authority,
    additional: answer.additional,
    ...(query.edns === undefined ? {} : { edns: responseEdns(query.edns) }),
  }
}

function clientOf({ transport, localAddress }: ResponderOptions, { address, port }: Peer): Client {
  return { transport, address, port, localAddress }
}
