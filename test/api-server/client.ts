import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { request as requestSecurely } from 'node:https'
import { finished } from 'node:stream/promises'
import { StringDecoder } from 'node:string_decoder'
import type { ApiObject } from '../support/api-server/objects.ts'
import type { Status } from '../support/api-server/status.ts'

export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Of a client over TLS. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The chunks as they came. */
  readonly chunks: readonly Buffer[]
}

/** A list as far as the tests read it. */
export interface ApiList {
  readonly kind: string
  readonly metadata: {
    readonly resourceVersion: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly items: readonly ApiObject[]
}

/** Asks once, on a connection of its own, and reads all of the answer; rejects with the code of a broken connection. */
export async function ask(url: string, asking: Asking = {}): Promise<Answer> {
  const response = await open(url, asking)
  const chunks: Buffer[] = []
  response.on('data', (chunk: Buffer) => chunks.push(chunk))
  await finished(response)
  const text = Buffer.concat(chunks).toString()
  return { status: response.statusCode ?? 0, headers: response.headers, text, chunks }
}

/** The object, list or Status that an answer has. */
export async function askJson<T = ApiObject>(url: string, asking?: Asking): Promise<T> {
  return JSON.parse((await ask(url, asking)).text) as T // the type is what the test expects
}

export const askList = (url: string) => askJson<ApiList>(url)
export const askStatus = (url: string, asking?: Asking) => askJson<Status>(url, asking)

/** A watch that is read line by line. */
export interface WatchStream {
  readonly status: number
  /** The next line; undefined at the end, however it came. */
  line(): Promise<string | undefined>
  /** The next event as `TYPE NAME`, a bookmark as `BOOKMARK VERSION`, an error as `ERROR CODE`; `end` or `reset`. */
  event(): Promise<string>
  events(count: number): Promise<string[]>
  /** The object of the next event. */
  object(): Promise<ApiObject>
  close(): void
}

export async function watch(url: string, asking: Asking = {}): Promise<WatchStream> {
  const response = await open(url, asking)
  const lines = linesOf(response)
  const line = async () => (await lines.next()).value ?? undefined
  const event = async () => {
    const text = await line()
    if (text === undefined) return response.complete ? 'end' : 'reset'
    const { type, object } = JSON.parse(text) as { type: string; object: ApiObject & Status }
    if (type === 'ERROR') return `ERROR ${object.code}`
    return type === 'BOOKMARK' ? `BOOKMARK ${object.metadata.resourceVersion}` : `${type} ${object.metadata.name}`
  }
  return {
    status: response.statusCode ?? 0,
    line,
    event,
    async events(count) {
      const events: string[] = []
      for (let at = 0; at < count; at++) events.push(await event())
      return events
    },
    async object() {
      return (JSON.parse((await line()) ?? '{}') as { object: ApiObject }).object
    },
    close: () => response.destroy(),
  }
}

/** Also what there is of a line when the connection breaks. */
async function* linesOf(response: IncomingMessage): AsyncGenerator<string, undefined> {
  const decoder = new StringDecoder()
  let text = ''
  try {
    for await (const chunk of response) {
      const lines = `${text}${decoder.write(chunk as Buffer)}`.split('\n') // no encoding is set
      text = lines.pop() ?? ''
      yield* lines
    }
  } catch {
    // Reset: `response.complete` tells.
  }
  if (text !== '') yield text
}

function open(url: string, { method = 'GET', headers = {}, body, tls = {} }: Asking): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const asked = (url.startsWith('https:') ? requestSecurely : request)(url, { method, headers, agent: false, ...tls })
  asked.once('response', resolve)
  asked.on('error', reject)
  asked.end(body === undefined ? undefined : JSON.stringify(body))
  return promise
}
