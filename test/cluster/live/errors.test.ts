import { expect } from 'chai'
import { ApiError, ClusterAccessError, statusError } from '../../../src/cluster/live/errors.ts'

const status = (code: number, reason: string, message: string, details?: object) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  ...(details !== undefined && { details }),
  code,
})
const tooLarge = { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }] }

interface Case {
  readonly title: string
  readonly status: unknown
  readonly details?: Parameters<typeof statusError>[1]
  readonly message: string
  readonly isExpired?: boolean
  readonly isOfFuture?: boolean
  readonly code?: number
  readonly reason?: string
}

const cases: readonly Case[] = [
  {
    title: 'a Status',
    status: status(403, 'Forbidden', 'services is forbidden'),
    message: '403 Forbidden: services is forbidden',
    code: 403,
    reason: 'Forbidden',
  },
  {
    title: 'the status of the response comes before that of its body',
    status: status(500, 'InternalError', 'x'),
    details: { status: 503 },
    message: '503 InternalError: x',
    code: 503,
    reason: 'InternalError',
  },
  {
    title: '410 by its code',
    status: status(410, '', 'too old'),
    message: '410 : too old',
    code: 410,
    isExpired: true,
  },
  {
    title: '410, Expired',
    status: status(410, 'Expired', 'too old resource version: 1 (2)'),
    message: '410 Expired: too old resource version: 1 (2)',
    code: 410,
    reason: 'Expired',
    isExpired: true,
  },
  {
    title: 'Expired, without a code',
    status: { reason: 'Expired' },
    message: 'error Expired: no message',
    reason: 'Expired',
    isExpired: true,
  },
  { title: 'Gone', status: { reason: 'Gone' }, message: 'error Gone: no message', reason: 'Gone', isExpired: true },
  {
    title: 'a version of the future',
    status: status(504, 'Timeout', 'Too large resource version: 9, current: 1', tooLarge),
    message: '504 Timeout: Too large resource version: 9, current: 1',
    code: 504,
    reason: 'Timeout',
    isOfFuture: true,
  },
  {
    title: 'another timeout',
    status: status(504, 'Timeout', 'x', { causes: [null, 'y', {}] }),
    message: '504 Timeout: x',
    code: 504,
    reason: 'Timeout',
  },
  { title: 'no Status at all', status: {}, details: { status: 502 }, message: '502: no message', code: 502 },
  { title: 'nothing', status: undefined, message: 'error: no message' },
  {
    title: 'fields of other types',
    status: { code: '410', reason: 410, message: {}, details: [] },
    message: 'error: no message',
  },
]

describe('live cluster: a Status as an error', () => {
  for (const { title, status, details, message, isExpired = false, isOfFuture = false, code, reason = '' } of cases) {
    it(title, () => {
      const error = statusError(status, details)
      expect(error).to.be.instanceOf(ApiError)
      const { isSilence, isUnreachable, retryAfterMs } = error
      expect({ ...error, message: error.message, isExpired: error.isExpired }).to.deep.equal({
        name: 'ApiError',
        message,
        status: code,
        reason,
        isExpired,
        isOfFuture,
        isSilence,
        isUnreachable,
        retryAfterMs,
      })
      expect({ isSilence, isUnreachable, retryAfterMs }).to.deep.equal({
        isSilence: false,
        isUnreachable: false,
        retryAfterMs: undefined,
      })
    })
  }

  it('keeps how long the server wants to be left alone', () => {
    const { retryAfterMs } = statusError(status(429, 'TooManyRequests', 'x'), { retryAfterMs: 3000 })
    expect(retryAfterMs).to.equal(3000)
  })

  it('an API server that there is no way to is a code of its own', () => {
    expect(new ClusterAccessError('x').code).to.equal('CLUSTER_ACCESS')
  })
})
