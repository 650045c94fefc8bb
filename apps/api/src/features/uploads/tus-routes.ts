import { IdempotencyConflict, saveIdempotentReply } from '@packages/db/idempotency'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { authorize } from '../../authorization/authorize.ts'
import { type Idempotency, idempotencyKeyOf } from '../../plugins/idempotency/idempotency.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import type { OpenRequests } from '../../open-requests/open-requests.ts'
import { registerRawBodyScope } from '../../upload-body/raw-body-scope.ts'
import { type ReceivedBody, receiveBody } from '../../upload-body/receive-body.ts'
import { type AppendDeps, appendToUpload } from './append-to-upload.ts'
import { beginUpload, takeFirstBytes } from './begin-upload.ts'
import type { CreateUploadDeps } from './create-upload.ts'
import { readMetadata } from './kept-names.ts'
import { requireUpload } from './require-upload.ts'
import { uploadParams } from './schemas.ts'
import { type TerminateUploadDeps, terminateUpload } from './terminate-upload.ts'
import { tusDocs } from './tus-docs.ts'
import {
  CHECKSUM_ALGORITHMS,
  checkTusVersion,
  checksumOf,
  concatOf,
  declaredLengthOf,
  OFFSET_TYPE,
  TUS_EXTENSIONS,
  TUS_VERSION,
  uploadLengthOf,
  uploadOffsetOf,
} from './tus-headers.ts'
import { encodeUploadId, UPLOADS_PATH, uploadLocation } from './upload-id.ts'
import { parseUploadMetadata } from './upload-metadata.ts'
import { progressHeaders, type UploadProgress } from './upload-progress.ts'
import { resumeUpload, type UploadStatusDeps } from './upload-status.ts'

export type TusDeps = AppendDeps &
  CreateUploadDeps &
  TerminateUploadDeps &
  UploadStatusDeps & { openUploads: OpenRequests; idempotency: Idempotency }

const noContent = z.undefined()
const UPLOAD_PATH = `${UPLOADS_PATH}/:upload`
const UPLOAD_CONFIG = { action: 'files:write', rateClass: 'upload', bodyDeadlineMs: 0 } as const

/** The requests of tus 1.0.0 under `/api/v1/uploads`. */
export const registerTusRoutes = (app: ApiInstance, deps: TusDeps): void => {
  registerRawBodyScope(app, [OFFSET_TYPE], (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      reply.header('tus-resumable', TUS_VERSION)
      if (request.method !== 'OPTIONS') checkTusVersion(request.headers)
    })
    scope.options(
      UPLOADS_PATH,
      { config: { access: 'public' }, schema: { docs: tusDocs.options, response: { 204: noContent } } },
      (_request, reply) => reply.code(204).headers(optionsHeaders(deps)).send(),
    )

    scope.post(
      UPLOADS_PATH,
      { config: UPLOAD_CONFIG, schema: { docs: tusDocs.create, response: { 201: noContent } } },
      (request, reply) => create(deps, request, reply),
    )

    scope.head(
      UPLOAD_PATH,
      { config: { action: 'files:write' }, schema: { params: uploadParams } },
      async (request, reply) => {
        const { row, ...progress } = await resumeUpload(deps, request.actor, {
          text: request.params.upload,
          arrivedAt: arrivalOf(reply),
        })
        const { header } = await readMetadata(deps, row)
        return reply
          .code(200)
          .headers({
            ...progressHeaders(progress),
            'cache-control': 'no-store',
            ...(row.length === null ? { 'upload-defer-length': '1' } : { 'upload-length': String(row.length) }),
            ...(header === null ? {} : { 'upload-metadata': header }),
            ...(row.part_kind === 'partial' ? { 'upload-concat': 'partial' } : {}),
            ...(row.parts === null
              ? {}
              : { 'upload-concat': `final;${row.parts.map((id) => uploadLocation(deps.storeId, id)).join(' ')}` }),
          })
          .send()
      },
    )

    scope.patch(
      UPLOAD_PATH,
      {
        config: { ...UPLOAD_CONFIG, audit: 'no-change' },
        schema: { docs: tusDocs.append, params: uploadParams, response: { 204: noContent } },
      },
      async (request, reply) => {
        const { actor, headers, params } = request
        authorize(actor, 'files:write', {})
        if (headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() !== OFFSET_TYPE)
          throw new HoldfastError('unsupported_media_type', { detail: `Send ${OFFSET_TYPE}.` })
        const offset = uploadOffsetOf(headers)
        const length = uploadLengthOf(headers)
        const checksum = checksumOf(headers)
        const contentLength = contentLengthOf(request)
        const arrivedAt = arrivalOf(reply)
        const row = await requireUpload(deps, actor, params.upload)
        const progress = await receiveBody(
          deps,
          actor,
          request,
          (body) => appendToUpload(deps, actor, row, { offset, length, checksum, contentLength, arrivedAt, body }),
          'what was told is kept',
        )
        return reply.code(204).headers(progressHeaders(progress)).send()
      },
    )

    scope.delete(
      UPLOAD_PATH,
      {
        config: { action: 'files:write' },
        schema: { docs: tusDocs.terminate, params: uploadParams, response: { 204: noContent } },
      },
      async (request, reply) => {
        await terminateUpload(deps, request.actor, request.params.upload)
        return reply.code(204).send()
      },
    )
  })
}

const optionsHeaders = ({ limits }: TusDeps): Record<string, string> => ({
  'tus-version': TUS_VERSION,
  'tus-extension': TUS_EXTENSIONS.join(','),
  'tus-max-size': String(limits.uploadMaxBytes),
  'tus-checksum-algorithm': CHECKSUM_ALGORITHMS.join(','),
})

/** By `performance.now()`: before whoever sent it was looked up. */
const arrivalOf = ({ elapsedTime }: FastifyReply): number => performance.now() - elapsedTime

const contentLengthOf = ({ headers }: Pick<FastifyRequest, 'headers'>): number | null => {
  const length = Number(headers['content-length'] ?? Number.NaN)
  return Number.isSafeInteger(length) ? length : null
}

const create = async (deps: TusDeps, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  const { actor, headers } = request
  authorize(actor, 'files:write', {})
  const concat = concatOf(headers)
  const length = concat.kind === 'final' ? null : declaredLengthOf(headers)
  const metadata = parseUploadMetadata(metadataHeaderOf(request))
  const checksum = checksumOf(headers)
  const contentLength = contentLengthOf(request)
  const hasBytes = headers['content-type'] !== undefined && concat.kind !== 'final' && contentLength !== 0
  const read = <T>(take: (body: ReceivedBody) => Promise<T>): Promise<T> => receiveBody(deps, actor, request, take)
  const first = hasBytes ? { checksum, contentLength, arrivedAt: arrivalOf(reply), read } : undefined
  const creation = { length, concat, metadata }
  const progress = await once(deps, request, actor.organizationId, [length, concat, metadata.header], {
    run: (record) =>
      beginUpload(deps, actor, creation, { record, first, canComeBack: idempotencyKeyOf(headers) !== undefined }),
    again: async (id) =>
      takeFirstBytes(deps, actor, await requireUpload(deps, actor, encodeUploadId(deps.storeId, id)), first),
  })
  await reply
    .code(201)
    .headers({ ...progressHeaders(progress), location: uploadLocation(deps.storeId, progress.id) })
    .send()
}

type Once = { run(record: RecordReply): Promise<UploadProgress>; again(id: string): Promise<UploadProgress> }

/** A repeat with the same Idempotency-Key goes on with the upload of the first request. */
const once = async (
  { idempotency }: TusDeps,
  request: FastifyRequest,
  scope: string,
  what: unknown,
  { run, again }: Once,
): Promise<UploadProgress> => {
  const key = idempotencyKeyOf(request.headers)
  if (key === undefined) return run(async () => {})
  const fingerprint = idempotency.fingerprint(what)
  const claim = await idempotency.claim({ scope, route: 'POST /uploads', key })
  try {
    const earlier = claim.replay(fingerprint)
    if (earlier !== undefined) return await again((earlier.body as { id: string }).id)
    return await run((tx, reply) =>
      saveIdempotentReply(tx, { ...claim.identity, fingerprint, ...reply, body: claim.keep(reply.body) }),
    )
  } catch (error) {
    if (error instanceof IdempotencyConflict) throw new HoldfastError('request_in_flight', { cause: error })
    throw error
  } finally {
    claim.release()
  }
}

const metadataHeaderOf = ({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined => {
  const value = headers['upload-metadata']
  return Array.isArray(value) ? value.join(',') : value
}
