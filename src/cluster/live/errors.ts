import { ServerError } from '../../util/errors.ts'
import { arrayOf, numberOf, recordOf, stringOf } from './json.ts'

/** The API server cannot be found or spoken to at all: no retry can help. */
export class ClusterAccessError extends ServerError {
  constructor(message: string, options?: ErrorOptions) {
    super('CLUSTER_ACCESS', message, options)
  }
}

/** What a request came to that was not answered as it should be. It is tried again: it never leaves this folder. */
export class ApiError extends Error {
  /** HTTP status, or `code` of a Status object; undefined where there was no response. */
  readonly status: number | undefined
  /** metav1.Status.reason, such as `Expired`. */
  readonly reason: string
  /** How long the server wants to be left alone. */
  readonly retryAfterMs: number | undefined
  /** The resourceVersion is one that the server has yet to reach. */
  readonly isOfFuture: boolean
  /** Nothing was heard for too long. */
  readonly isSilence: boolean
  /** There was no connection, or it broke: the server has said nothing. */
  readonly isUnreachable: boolean

  constructor(message: string, details: ApiErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.name = 'ApiError'
    this.status = details.status
    this.reason = details.reason ?? ''
    this.retryAfterMs = details.retryAfterMs
    this.isOfFuture = details.isOfFuture ?? false
    this.isSilence = details.isSilence ?? false
    this.isUnreachable = details.isUnreachable ?? false
  }

  /** The resourceVersion or the continue token is older than what the server remembers (API concepts, 410 Gone). */
  get isExpired(): boolean {
    return this.status === 410 || this.reason === 'Expired' || this.reason === 'Gone'
  }
}

interface ApiErrorDetails {
  readonly status?: number
  readonly reason?: string
  readonly retryAfterMs?: number
  readonly isOfFuture?: boolean
  readonly isSilence?: boolean
  readonly isUnreachable?: boolean
  readonly cause?: unknown
}

/** A metav1.Status object as an error: the body of a response, or the object of an ERROR event. */
export function statusError(status: unknown, details: Pick<ApiErrorDetails, 'status' | 'retryAfterMs'> = {}): ApiError {
  const { code, reason, message, details: more } = recordOf(status)
  const number = details.status ?? numberOf(code)
  const causes = arrayOf(recordOf(more).causes).map((each) => recordOf(each).reason)
  const words = [number ?? 'error', stringOf(reason)].filter((word) => word !== undefined).join(' ')
  return new ApiError(`${words}: ${stringOf(message) || 'no message'}`, {
    ...details,
    ...(number !== undefined && { status: number }),
    reason: stringOf(reason) ?? '',
    isOfFuture: causes.includes('ResourceVersionTooLarge'),
  })
}
