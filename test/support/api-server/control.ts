import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApiServer } from './api-server.ts'
import { urlOf } from './exchange.ts'
import type { ApiObject } from './objects.ts'
import { type ResourceName, resources } from './resources.ts'
import { failure } from './status.ts'

/**
 * What a server that runs by itself is told by, outside of the paths of the API:
 *
 * - `GET /control/status`: versions, objects, watches and requests
 * - `POST /control/changes?perSecond=N`: changes so many EndpointSlices a second; 0 ends it
 * - `POST /control/end`, `reset`, `freeze` (`?events=queued`), `thaw`, `bookmark`, `error` (`?code=500`), `line` (`?text=…`),
 *   `compact`: what the methods of `ApiServer` do; `?resource=` for the watches of one only
 */
export class Control {
  readonly #api: ApiServer
  #perSecond = 0
  #made = 0
  #timer: NodeJS.Timeout | undefined

  constructor(api: ApiServer) {
    this.#api = api
  }

  /** Answers a request if it is one of these. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const { pathname, searchParams } = urlOf(request)
    if (!pathname.startsWith('/control/')) return false
    const isDone = this.#do(`${request.method} ${pathname.slice('/control/'.length)}`, searchParams)
    response.writeHead(isDone ? 200 : 404, { 'Content-Type': 'application/json' })
    response.end(`${JSON.stringify(isDone ? this.#status() : { error: `no such control: ${pathname}` })}\n`)
    return true
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #do(what: string, query: URLSearchParams): boolean {
    const api = this.#api
    const resource = resources.find(({ name }) => name === query.get('resource'))?.name
    const actions: Record<string, () => void> = {
      'GET status': () => {},
      'POST changes': () => this.#change(Number(query.get('perSecond') ?? 0)),
      'POST end': () => api.endWatches(resource),
      'POST reset': () => api.resetWatches(resource),
      'POST freeze': () => api.freezeWatches(query.get('events') === 'queued' ? 'queued' : 'lost', resource),
      'POST thaw': () => api.thawWatches(resource),
      'POST bookmark': () => api.bookmark(resource),
      'POST error': () => api.sendError(errorOf(Number(query.get('code') ?? 410)), resource),
      'POST line': () => api.sendLine(query.get('text') ?? 'rubbish', resource),
      'POST compact': () => api.compact(),
    }
    actions[what]?.()
    return actions[what] !== undefined
  }

  #status(): object {
    const each = (count: (name: ResourceName) => number) =>
      Object.fromEntries(resources.map(({ name }) => [name, count(name)]))
    return {
      resourceVersion: this.#api.resourceVersion,
      objects: each((name) => this.#api.objects(name).length),
      openWatches: each((name) => this.#api.openWatches(name)),
      requests: this.#api.requests.length,
      changes: { perSecond: this.#perSecond, made: this.#made },
    }
  }

  /** Evenly over the second, as far as a timer can: what is due by the clock is made at each tick. */
  #change(perSecond: number): void {
    this.stop()
    this.#perSecond = perSecond
    if (!(perSecond > 0)) return
    const keys = this.#api.objects('endpointslices')
    if (keys.length === 0) return
    const began = performance.now()
    let made = 0
    const tick = () => {
      for (const due = ((performance.now() - began) / 1000) * perSecond; made < due; made++) {
        const slice = keys[made % keys.length]
        const now = slice && this.#api.get(slice)
        if (now !== undefined) this.#api.put(changed(now, Math.floor(made / keys.length)))
        this.#made++
      }
    }
    this.#timer = setInterval(tick, Math.min(1000 / perSecond, 20))
  }
}

function errorOf(code: number) {
  return code === 410
    ? failure(410, 'Expired', 'The resourceVersion for the provided watch is too old.').status
    : failure(code, 'InternalError', 'Internal error occurred: etcdserver: no leader').status
}

/** One endpoint of a slice becomes ready, or is so no longer; which one goes by the turn. */
function changed(slice: ApiObject, turn: number): ApiObject {
  const endpoints = (slice.endpoints ?? []) as readonly Endpoint[] // as the API has it
  const at = turn % Math.max(1, endpoints.length)
  const time = new Date().toISOString()
  const annotations = { ...slice.metadata.annotations, 'endpoints.kubernetes.io/last-change-trigger-time': time }
  return {
    ...slice,
    metadata: { ...slice.metadata, annotations },
    endpoints: endpoints.map((endpoint, index) => {
      if (index !== at) return endpoint
      const ready = endpoint.conditions?.ready === false
      return { ...endpoint, conditions: { ready, serving: ready, terminating: false } }
    }),
  }
}

interface Endpoint {
  readonly conditions?: { readonly ready?: boolean }
}
