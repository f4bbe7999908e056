import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Access } from './access.ts'
import { change } from './changes.ts'
import { discover } from './discovery.ts'
import type { Faults, Verb } from './faults.ts'
import { listBody } from './list.ts'
import { isWatch, type ListOptions, parseListOptions, type StreamingLists } from './list-options.ts'
import type { ObjectStore } from './object-store.ts'
import { answerElsewhere, answerError, answerFault, Reply } from './reply.ts'
import type { RequestEntry, RequestLog } from './request-log.ts'
import { parsePath, type Target } from './resources.ts'
import { notFound } from './status.ts'
import { Watch } from './watch.ts'
import { refusalOf, sendFirstEvents, type Watches } from './watches.ts'

/** Ways in which one real server differs from another. */
export interface Behaviour {
  streamingLists: StreamingLists
  /** How a watch is told that its version is too old: cacher.go tells it by an event, older servers by the status. */
  watchErrors: 'event' | 'status'
  serviceImports: boolean
}

export interface Parts {
  readonly store: ObjectStore
  readonly watches: Watches
  readonly log: RequestLog
  readonly access: Access
  readonly faults: Faults
  readonly behaviour: Behaviour
}

/** Answers requests, one after the other. */
export class Exchanges {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    const url = urlOf(request)
    const target = this.#targetOf(url.pathname)
    const verb = verbOf(request, url, target)
    const entry = entryOf(request, url, target, verb)
    const { log, faults } = this.#parts
    log.entries.push(entry)
    log.notify()
    response.on('error', () => {})
    response.once('close', () => log.notify())

    const effect = faults.take(target?.resource.name, verb)
    switch (effect?.kind) {
      case 'reset':
        resetConnection(request.socket)
        return
      case 'hang':
        return
      case 'answer':
        answerFault(new Reply(response, entry, log, { kind: 'whole' }), effect.answer)
        return
      default: {
        const reply = new Reply(response, entry, log, effect?.shape ?? { kind: 'whole' })
        this.#answer(request, reply, { url, target, verb }).catch((error: unknown) => answerError(reply, error))
      }
    }
  }

  #targetOf(path: string): Target | undefined {
    const target = parsePath(path)
    // A CustomResourceDefinition that is not there has no path either.
    return target?.resource.isCustom === true && !this.#parts.behaviour.serviceImports ? undefined : target
  }

  async #answer(request: IncomingMessage, reply: Reply, asked: Asked): Promise<void> {
    const { access, store, behaviour } = this.#parts
    const { url, target, verb } = asked
    const user = access.authenticate(request)
    if (target === undefined) {
      answerElsewhere(reply, url.pathname, discover(url.pathname, behaviour.serviceImports))
      return
    }
    access.authorize(user, verb, target)
    if (request.method !== 'GET') {
      const { code, body } = await change(store, request, target)
      reply.send(code, body)
    } else if (verb === 'get') {
      this.#get(reply, target)
    } else {
      const options = parseListOptions(url.searchParams, target, behaviour.streamingLists)
      if (verb === 'watch') this.#watch(reply, target, options)
      else reply.send(200, listBody(store, target.resource, options))
    }
  }

  #get(reply: Reply, { resource, namespace, name = '' }: Target): void {
    const metadata = { name, ...(namespace !== undefined && { namespace }) }
    const found = this.#parts.store.get({ kind: resource.kind, metadata })
    if (found === undefined) throw notFound(resource, name)
    reply.send(200, found.octets)
  }

  #watch(reply: Reply, { resource }: Target, options: ListOptions): void {
    const { store, watches, log, behaviour } = this.#parts
    const refusal = refusalOf(store, options)
    if (refusal !== undefined && behaviour.watchErrors === 'status') throw refusal
    const writer = reply.stream()
    const watch = new Watch(resource, options, { writer, destroy: () => reply.response.destroy() })
    if (refusal !== undefined) {
      watch.error(refusal.status)
      watch.end()
      return
    }
    sendFirstEvents(store, watch, resource, options)
    watches.add(watch)
    const { timeoutSeconds } = options
    const timer = timeoutSeconds > 0 ? setTimeout(() => watch.end(), timeoutSeconds * 1000) : undefined
    // Before the log is told: whoever waits for the end of a watch finds it gone.
    reply.response.prependListener('close', () => {
      watches.delete(watch)
      clearTimeout(timer)
    })
    log.notify()
  }
}

interface Asked {
  readonly url: URL
  readonly target: Target | undefined
  readonly verb: Verb
}

/** Nothing that a client writes may end the process: what is no URL is that of nothing. */
export function urlOf({ url = '/' }: IncomingMessage): URL {
  return URL.parse(url, 'http://127.0.0.1') ?? new URL('http://127.0.0.1/')
}

/** With RST where that can be had: node:net knows none for TLS, whose connections end without a goodbye. */
function resetConnection(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}

/** endpoints/request/requestinfo.go, NewRequestInfo. */
function verbOf({ method }: IncomingMessage, { searchParams }: URL, target: Target | undefined): Verb {
  if (method === 'POST') return 'create'
  if (method === 'PUT' || method === 'PATCH') return 'update'
  if (method === 'DELETE') return 'delete'
  if (isWatch(searchParams)) return 'watch'
  return target !== undefined && target.name === undefined ? 'list' : 'get'
}

function entryOf(
  { method = '', headers }: IncomingMessage,
  url: URL,
  target: Target | undefined,
  verb: Verb,
): RequestEntry & { status: number | undefined } {
  return {
    atMs: performance.now(),
    method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    verb,
    resource: target?.resource.name,
    namespace: target?.namespace,
    name: target?.name,
    userAgent: headers['user-agent'],
    authorization: headers.authorization,
    accept: headers.accept,
    status: undefined,
  }
}
