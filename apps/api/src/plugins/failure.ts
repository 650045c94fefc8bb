import type { ErrorCode } from '@packages/shared/error-catalogue'
import type { HoldfastError } from '@packages/shared/holdfast-error'

export type Failure = { error: { reason: string; details: string } }

/** Where the Pinning Service API names a reason or a status of its own; all others are our codes in capitals. */
const NAMED: Partial<Record<ErrorCode, { reason: string; status?: number }>> = {
  quota_exceeded: { reason: 'INSUFFICIENT_FUNDS', status: 409 },
  unauthenticated: { reason: 'UNAUTHORIZED' },
  invalid_token: { reason: 'UNAUTHORIZED' },
  internal: { reason: 'INTERNAL_SERVER_ERROR' },
}

const reasonOf = ({ code, status }: HoldfastError): string =>
  NAMED[code]?.reason ?? (status === 400 ? 'BAD_REQUEST' : code.toUpperCase())

/** Pure: `Failure` of the Pinning Service API 1.0.0. The details are for people, and name the request for whom they ask. */
export const failureOf = (error: HoldfastError, requestId: string): { status: number; body: Failure } => {
  const fields = (error.fields ?? []).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  const said = [error.title, ...(error.detail === undefined ? [] : [error.detail]), ...fields]
  const details = `${said.map((part) => part.replace(/\.$/, '')).join('. ')} (request ${requestId})`
  return { status: NAMED[error.code]?.status ?? error.status, body: { error: { reason: reasonOf(error), details } } }
}
