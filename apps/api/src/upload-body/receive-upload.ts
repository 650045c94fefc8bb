import { HoldfastError } from '@packages/shared/holdfast-error'
import type { FastifyRequest } from 'fastify'
import type { Actor } from '../authorization/actor.ts'
import { type Idempotency, type IdempotencyClaim, idempotencyKeyOf } from '../plugins/idempotency/idempotency.ts'
import { type AdmitUploadDeps, admitUpload } from './admit-upload.ts'
import type { OpenUploads } from './open-uploads.ts'
import { readBody } from './request-body.ts'

export type ReceiveUploadDeps = AdmitUploadDeps & {
  idempotency: Pick<Idempotency, 'claim'>
  openUploads: OpenUploads
}

export type ReceivedBody = {
  /** To be read once. */
  bytes: AsyncIterable<Uint8Array>
  /** Fires when the client goes away before it has sent everything. */
  signal: AbortSignal
  /** Of the request's Idempotency-Key, when it has one. */
  claim: IdempotencyClaim | undefined
}

/**
 * Lets `take` read a request's body as one of the uploads that run, once it is admitted; see `admitUpload`.
 * The caller has been authorized. `route` names it for the Idempotency-Key.
 */
export const receiveUpload = async <T>(
  deps: ReceiveUploadDeps,
  actor: Actor,
  { raw, headers }: Pick<FastifyRequest, 'raw' | 'headers'>,
  route: string,
  take: (body: ReceivedBody) => Promise<T>,
): Promise<T> => {
  const end = deps.openUploads.begin(actor.organizationId)
  let claim: IdempotencyClaim | undefined
  const gone = new AbortController()
  const onClose = (): void => {
    if (!raw.readableEnded) gone.abort(new HoldfastError('truncated_body', { detail: 'The connection was closed.' }))
  }
  try {
    const length = Number(headers['content-length'])
    await admitUpload(deps, actor.organizationId, Number.isSafeInteger(length) ? length : null)
    const key = idempotencyKeyOf(headers)
    if (key !== undefined) claim = await deps.idempotency.claim({ scope: actor.organizationId, route, key })
    raw.once('close', onClose)
    return await take({ bytes: readBody(raw), signal: gone.signal, claim })
  } finally {
    raw.off('close', onClose)
    claim?.release()
    end()
  }
}
