import type { ResourceName } from './resources.ts'
import { failure } from './status.ts'
import type { Shape } from './writer.ts'

/** How the API names what is done: list, watch and get are all GET. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'delete'

/** Which requests; whatever is left out is any. */
export interface Match {
  readonly resource?: ResourceName
  readonly verb?: Verb
}

/** How often; without a limit until it is ended. */
export interface Limit {
  readonly times?: number
}

/** What stands in for an answer. */
export interface FaultAnswer {
  readonly status: number
  readonly reason?: string
  readonly message?: string
  readonly retryAfterSeconds?: number
  /** In place of a Status. */
  readonly body?: string
  readonly contentType?: string
}

/** What becomes of a request. */
export type Effect =
  | { readonly kind: 'answer'; readonly answer: FaultAnswer }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'shape'; readonly shape: Shape }

/** A fault that was switched on. */
export interface Fault {
  /** The requests that it was met by. */
  readonly hits: number
  end(): void
}

/** Faults of the server, and of what is between it and the client: the one that was switched on last comes first. */
export class Faults {
  #faults: ActiveFault[] = []

  /** Answers with a Status of this code, or with a body: `{ status: 429, retryAfterSeconds: 1 }`. */
  answer(match: Match, answer: FaultAnswer, limit?: Limit): Fault {
    return this.#add(match, { kind: 'answer', answer }, limit)
  }

  /** What a proxy shows that has lost the server behind it: 200 unless told otherwise, and no JSON. */
  page(match: Match, limit?: Limit, status = 200): Fault {
    const body =
      '<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>\n'
    return this.answer(match, { status, body, contentType: 'text/html; charset=utf-8' }, limit)
  }

  /** A body that says it is JSON, and is not. */
  garbage(match: Match, limit?: Limit): Fault {
    return this.answer(match, { status: 200, body: '{"kind":"List",\u0000 what is this' }, limit)
  }

  /** Resets the connection in place of an answer. */
  reset(match: Match, limit?: Limit): Fault {
    return this.#add(match, { kind: 'reset' }, limit)
  }

  /** Takes the request, and never answers. */
  hang(match: Match, limit?: Limit): Fault {
    return this.#add(match, { kind: 'hang' }, limit)
  }

  /** Sends bodies in pieces of some octets, with a pause before each. */
  slow(match: Match, pace: { readonly octets: number; readonly delayMs: number }, limit?: Limit): Fault {
    return this.#add(match, { kind: 'shape', shape: { kind: 'slow', ...pace } }, limit)
  }

  /** Splits bodies at odd places, also within characters. */
  split(match: Match, limit?: Limit): Fault {
    return this.#add(match, { kind: 'shape', shape: { kind: 'split' } }, limit)
  }

  /** Cuts bodies off: after so many octets, or after a fraction below 1 of a list or of a watch's first write. */
  cut(match: Match, after = 0.5, limit?: Limit): Fault {
    return this.#add(match, { kind: 'shape', shape: { kind: 'cut', after } }, limit)
  }

  /** Ends all of them. */
  clear(): void {
    this.#faults = []
  }

  /** What is to become of this request; counts as a hit. */
  take(resource: ResourceName | undefined, verb: Verb): Effect | undefined {
    const fault = this.#faults.findLast(({ match }) => applies(match, resource, verb))
    fault?.hit()
    return fault?.effect
  }

  #add(match: Match, effect: Effect, { times = Number.POSITIVE_INFINITY }: Limit = {}): Fault {
    let hits = 0
    const end = () => {
      this.#faults = this.#faults.filter((each) => each !== active)
    }
    const hit = () => {
      if (++hits >= times) end()
    }
    const active: ActiveFault = { match, effect, hit }
    this.#faults.push(active)
    return {
      get hits() {
        return hits
      },
      end,
    }
  }
}

interface ActiveFault {
  readonly match: Match
  readonly effect: Effect
  readonly hit: () => void
}

/** Whether a rule is for this request. */
export function applies(match: Match, resource: ResourceName | undefined, verb: Verb): boolean {
  return (match.resource ?? resource) === resource && (match.verb ?? verb) === verb
}

/** The body of an answer that has none of its own. */
export function faultBody({ status, reason, message, retryAfterSeconds, body }: FaultAnswer): string {
  if (body !== undefined) return body
  const [usualReason, usualMessage] = usual[status] ?? ['Unknown', `the server answers ${status}`]
  const details = retryAfterSeconds === undefined ? undefined : { retryAfterSeconds }
  return `${JSON.stringify(failure(status, reason ?? usualReason, message ?? usualMessage, details).status)}\n`
}

/** apimachinery, pkg/api/errors/errors.go, NewGenericServerResponse among others. */
const usual: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  401: ['Unauthorized', 'Unauthorized'],
  403: ['Forbidden', 'forbidden: this is a fault of the double'],
  410: ['Expired', 'The resourceVersion for the provided watch is too old.'],
  429: ['TooManyRequests', 'Too many requests, please try again later.'],
  500: ['InternalError', 'Internal error occurred: etcdserver: request timed out'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: ['Timeout', 'Timeout: request did not complete within the allotted timeout'],
}
