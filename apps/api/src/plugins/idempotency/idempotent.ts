import { IdempotencyConflict, saveIdempotentReply } from '@packages/db/idempotency'
import type { Tables } from '@packages/db/tables'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import { type Idempotency, type IdempotencyClaim, idempotencyKeyOf, isCredentialScope } from './idempotency.ts'

/**
 * Writes what the change answered, in the change's own transaction. Does nothing for a request without a key. `body` is null
 * where the reply holds a secret: a repeat then answers 409 `already_completed` with the subject.
 */
export type RecordReply = (
  tx: Transaction<Tables>,
  reply: { status: number; body: unknown; subject: string },
) => Promise<void>

export type IdempotentOptions = {
  /** Names the operation; stable, for it is stored. */
  route: string
  /** An organization's id, or `idempotency.credentialScope(…)` where there is none. */
  scope: string
  /** What makes two requests the same; the parsed body by default. */
  fingerprintOf?: unknown
  /**
   * Throws unless the caller may make this change; called before an earlier reply is looked for. Without it a request
   * is never answered with a reply of its organization: it may have come from a caller with more rights.
   */
  authorize?: () => void
}

/** Of a request without a key. */
export const recordNothing: RecordReply = async () => {}

/**
 * Runs `change` unless a request with the same Idempotency-Key was completed; then sends that one's reply again with
 * `Idempotent-Replay: true`. `change` calls `record` in its unit of work; what it returns is the handler's return value.
 */
export const idempotent = async <T>(
  idempotency: Idempotency,
  request: FastifyRequest,
  reply: FastifyReply,
  options: IdempotentOptions,
  change: (record: RecordReply) => Promise<T>,
): Promise<T | void> => {
  const key = idempotencyKeyOf(request.headers)
  const { route, scope, authorize } = options
  authorize?.()
  // Who knows the credential that is the scope may have the reply; an organization has callers of many kinds.
  const mayReplay = authorize !== undefined || isCredentialScope(scope)
  if (key === undefined || !mayReplay) return change(recordNothing)
  const fingerprint = idempotency.fingerprint(options.fingerprintOf ?? request.body ?? null)
  const claim = await idempotency.claim({ scope, route, key })
  const record: RecordReply = (tx, { status, body, subject }) =>
    saveIdempotentReply(tx, { ...claim.identity, fingerprint, status, body: claim.keep(body), subject })
  try {
    if (await replayed(reply, claim, fingerprint)) return
    return await change(record)
  } catch (error) {
    if (!(error instanceof IdempotencyConflict)) throw error
    await claim.reload()
    if (!(await replayed(reply, claim, fingerprint))) throw new HoldfastError('request_in_flight', { cause: error })
  } finally {
    claim.release()
  }
}

/** Sends the earlier reply again, if there is one. */
export const replayed = async (
  reply: FastifyReply,
  claim: Pick<IdempotencyClaim, 'replay'>,
  fingerprint: Uint8Array,
): Promise<boolean> => {
  const earlier = claim.replay(fingerprint)
  if (earlier === undefined) return false
  reply.code(earlier.status).header('idempotent-replay', 'true')
  await (earlier.status === 204 ? reply.send() : reply.send(earlier.body))
  return true
}
