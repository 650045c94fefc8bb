import { HoldfastError } from '@packages/shared/holdfast-error'
import type { FastifyRequest } from 'fastify'
import type { ApiInstance } from '../../api-instance.ts'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { type Idempotency, idempotencyKeyOf } from '../../plugins/idempotency/idempotency.ts'
import { type AdmitUploadDeps, admitUpload } from './admit-upload.ts'
import { boundaryOf } from './multipart/boundary.ts'
import { readMultipart } from './multipart/read-multipart.ts'
import { OpenUploads } from './open-uploads.ts'
import { abandonBody, readBody } from './request-body.ts'
import { uploadedFileSchema } from './schemas.ts'
import { uploadDocs } from './upload-docs.ts'
import { UPLOAD_LIMITS } from './upload-limits.ts'
import { UPLOADED, type UploadFileDeps, type UploadReply, uploadFile } from './upload-file.ts'

export type UploadRouteDeps = UploadFileDeps &
  AdmitUploadDeps & {
    idempotency: Idempotency
  }

/**
 * `POST /api/v1/files/upload`. The body goes past Fastify's parsers: it is read from the socket, piece by piece, only
 * as fast as the store takes it.
 */
export const registerUploadRoute = (app: ApiInstance, deps: UploadRouteDeps): void => {
  const open = new OpenUploads()
  // A scope of its own: no other route takes multipart bodies, and this one takes nothing else.
  void app.register(async (scope: ApiInstance) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null))
    scope.addHook('onSend', async (request, reply) => {
      // Closing at once would reset the connection under a sender who has not read the reply yet: see `abandonBody`.
      if (!request.raw.readableEnded) reply.removeHeader('connection')
    })
    scope.addHook('onResponse', async (request) => {
      if (!request.raw.readableEnded) abandonBody(request.raw, UPLOAD_LIMITS.lingerMs)
    })
    scope.post(
      '/api/v1/files/upload',
      {
        config: { rateClass: 'upload', bodyDeadlineMs: 0 },
        schema: { docs: uploadDocs, response: { 201: uploadedFileSchema } },
      },
      async (request, reply) => {
        const { body, replayed } = await takeUpload(deps, open, request)
        if (replayed) reply.header('idempotent-replay', 'true')
        return reply.code(UPLOADED).send(body)
      },
    )
  })
}

const takeUpload = async (
  deps: UploadRouteDeps,
  open: OpenUploads,
  request: Pick<FastifyRequest, 'actor' | 'raw' | 'headers'>,
): Promise<UploadReply> => {
  const { actor, raw, headers } = request
  authorize(actor, 'files:write', {})
  const boundary = boundaryOf(headers['content-type'])
  const end = open.begin(actor.organizationId)
  try {
    return await receive(deps, { actor, raw, headers, boundary })
  } finally {
    end()
  }
}

const receive = async (
  deps: UploadRouteDeps,
  { actor, raw, headers, boundary }: Pick<FastifyRequest, 'raw' | 'headers'> & { actor: Actor; boundary: string },
): Promise<UploadReply> => {
  const length = Number(headers['content-length'])
  await admitUpload(deps, actor.organizationId, Number.isSafeInteger(length) ? length : null)
  const key = idempotencyKeyOf(headers)
  const identity = { scope: actor.organizationId, route: 'POST /files/upload' }
  const claim = key === undefined ? undefined : await deps.idempotency.claim({ ...identity, key })
  const gone = new AbortController()
  const onClose = (): void => {
    if (!raw.readableEnded) gone.abort(new HoldfastError('truncated_body', { detail: 'The connection was closed.' }))
  }
  raw.once('close', onClose)
  try {
    const parts = readMultipart(readBody(raw), boundary)
    const upload = { parts, signal: gone.signal, ...(claim === undefined ? {} : { claim }) }
    return await uploadFile(deps, actor, upload)
  } finally {
    raw.off('close', onClose)
    claim?.release()
  }
}
