import { saveIdempotentReply } from '@packages/db/idempotency'
import type { Tables } from '@packages/db/tables'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import { type Idempotency, idempotencyKeyOf } from './idempotency.ts'

/** Writes what the change answered, in the change's own transaction. Does nothing for a request without a key. */
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
  /** The reply holds a secret: its body is not kept, and a repeat answers 409 `already_completed`. */
  secret?: boolean
}

const recordNothing: RecordReply = async () => {}

/**
 * Runs `change` unless a request with the same Idempotency-Key was completed; then sends that one's reply again with
 * `Idempotent-Replay: true`. `change` calls `record` in its unit of work and sends its reply itself.
 */
export const idempotent = async (
  idempotency: Idempotency,
  request: FastifyRequest,
  reply: FastifyReply,
  options: IdempotentOptions,
  change: (record: RecordReply) => Promise<unknown>,
): Promise<unknown> => {
  const key = idempotencyKeyOf(request.headers)
  if (key === undefined) return change(recordNothing)
  const { route, scope, secret = false } = options
  const fingerprint = idempotency.fingerprint(options.fingerprintOf ?? request.body ?? null)
  const claim = await idempotency.claim({ scope, route, key })
  try {
    const earlier = claim.replay(fingerprint)
    if (earlier !== undefined) {
      reply.code(earlier.status).header('idempotent-replay', 'true')
      return earlier.status === 204 ? reply.send() : reply.send(earlier.body)
    }
    return await change((tx, { status, body, subject }) =>
      saveIdempotentReply(tx, { ...claim.identity, fingerprint, status, body: secret ? null : body, subject }),
    )
  } finally {
    claim.release()
  }
}
