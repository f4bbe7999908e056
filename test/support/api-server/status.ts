import { qualifiedName, type Resource } from './resources.ts'

/** metav1.Status: what every error is told with. API conventions, Response Status Kind. */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: { readonly continue?: string }
  readonly status: 'Failure' | 'Success'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code?: number
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly { readonly reason?: string; readonly message: string; readonly field?: string }[]
  readonly retryAfterSeconds?: number
}

/** What ends a request, thrown wherever it is found out. */
export class StatusError extends Error {
  readonly status: Status
  constructor(status: Status) {
    super(status.message)
    this.status = status
  }
}

/** Codes, reasons and messages are those of apimachinery, pkg/api/errors/errors.go, unless something else is named. */
export function failure(code: number, reason: string, message: string, details?: StatusDetails): StatusError {
  const head = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason } as const
  return new StatusError(details === undefined ? { ...head, code } : { ...head, details, code })
}

export function badRequest(message: string): StatusError {
  return failure(400, 'BadRequest', message)
}

export function unauthorized(): StatusError {
  return failure(401, 'Unauthorized', 'Unauthorized')
}

/** endpoints/handlers/responsewriters/errors.go, forbiddenMessage. */
export function forbidden(asked: {
  readonly user: string
  readonly verb: string
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string | undefined
}): StatusError {
  const { user, verb, resource, namespace, name } = asked
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const reason = `User "${user}" cannot ${verb} resource "${resource.name}" in API group "${resource.group}" ${where}`
  const what = name === undefined ? qualifiedName(resource) : `${qualifiedName(resource)} "${name}"`
  return failure(403, 'Forbidden', `${what} is forbidden: ${reason}`, detailsOf(resource, name))
}

export function notFound(resource: Resource, name: string): StatusError {
  return failure(404, 'NotFound', `${qualifiedName(resource)} "${name}" not found`, detailsOf(resource, name))
}

export function methodNotAllowed(): StatusError {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}

export function alreadyExists(resource: Resource, name: string): StatusError {
  return failure(409, 'AlreadyExists', `${qualifiedName(resource)} "${name}" already exists`, detailsOf(resource, name))
}

export function conflict(resource: Resource, name: string): StatusError {
  const why = 'the object has been modified; please apply your changes to the latest version and try again'
  const message = `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`
  return failure(409, 'Conflict', message, detailsOf(resource, name))
}

/** A version that is no longer known. The same in a list, in a continued list, and in a watch but for the message. */
export function expired(message: string, continueToken?: string): StatusError {
  const { status } = failure(410, 'Expired', message)
  if (continueToken === undefined) return new StatusError(status)
  return new StatusError({ ...status, metadata: { continue: continueToken } })
}

/** Fields of ListOptions that do not go together. */
export function invalidListOptions(
  causes: readonly { readonly field: string; readonly message: string }[],
): StatusError {
  const texts = causes.map(({ field, message }) => `${field}: Forbidden: ${message}`)
  const list = texts.length === 1 ? texts.join() : `[${texts.join(', ')}]`
  return failure(422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: ${list}`, {
    group: 'meta.k8s.io',
    kind: 'ListOptions',
    causes: causes.map(({ field, message }) => ({
      reason: 'FieldValueForbidden',
      message: `Forbidden: ${message}`,
      field,
    })),
  })
}

/** storage/errors.go, NewTooLargeResourceVersionError. */
export function tooLargeVersion(asked: number, current: number): StatusError {
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`
  return failure(504, 'Timeout', message, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}

function detailsOf({ name: kind, group }: Resource, name: string | undefined): StatusDetails {
  return { ...(name !== undefined && { name }), ...(group !== '' && { group }), kind }
}
