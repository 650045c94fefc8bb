import type { FastifyRequest } from 'fastify'
import type { Actor } from '../authorization/actor.ts'
import { type Idempotency, type IdempotencyClaim, idempotencyKeyOf } from '../plugins/idempotency/idempotency.ts'
import { type AdmitUploadDeps, admitUpload } from './admit-upload.ts'
import type { OpenRequests } from '../open-requests/open-requests.ts'
import { type ReceivedBody, receiveBody } from './receive-body.ts'

export type ReceiveUploadDeps = AdmitUploadDeps & {
  idempotency: Pick<Idempotency, 'claim'>
  openUploads: OpenRequests
}

export type AdmittedBody = ReceivedBody & {
  claim: IdempotencyClaim | undefined
  /** The most that one file may have, by the settings and by the plan. */
  maxBytes: number
}

/** As `receiveBody`, for content that will be stored: it is admitted first; see `admitUpload`. */
export const receiveUpload = <T>(
  deps: ReceiveUploadDeps,
  actor: Actor,
  request: Pick<FastifyRequest, 'raw' | 'headers' | 'routeOptions'>,
  /** Names it for the Idempotency-Key. */
  route: string,
  take: (body: AdmittedBody) => Promise<T>,
): Promise<T> =>
  receiveBody(deps, actor, request, async (body) => {
    const length = Number(request.headers['content-length'])
    const maxBytes = await admitUpload(deps, actor.organizationId, Number.isSafeInteger(length) ? length : null)
    const key = idempotencyKeyOf(request.headers)
    if (key === undefined) return take({ ...body, maxBytes, claim: undefined })
    const claim = await deps.idempotency.claim({ scope: actor.organizationId, route, key })
    try {
      return await take({ ...body, maxBytes, claim })
    } finally {
      claim.release()
    }
  })
