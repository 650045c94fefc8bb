import type { Database } from '@packages/db/open-database'
import type { ApiInstance } from '../../api-instance.ts'
import { authorize } from '../../authorization/authorize.ts'
import { boundaryOf } from '../../upload-body/multipart/boundary.ts'
import { readMultipart } from '../../upload-body/multipart/read-multipart.ts'
import { registerRawBodyScope } from '../../upload-body/raw-body-scope.ts'
import { chooseVisibility, type ChooseVisibilityDeps } from '../../private/visibility.ts'
import { requireGroup } from '../../pinning/find-group.ts'
import { type ReceiveUploadDeps, receiveUpload } from '../../upload-body/receive-upload.ts'
import { FORM_LIMITS } from '../../upload-form/read-upload-form.ts'
import { uploadedFileSchema, uploadQuery } from './schemas.ts'
import { uploadDocs } from './upload-docs.ts'
import { UPLOADED, type UploadFileDeps, uploadFile } from './upload-file.ts'

export type UploadRouteDeps = UploadFileDeps &
  ReceiveUploadDeps &
  ChooseVisibilityDeps & { db: Pick<Database, 'kysely'> }

/** `POST /api/v1/files/upload`. */
export const registerUploadRoute = (app: ApiInstance, deps: UploadRouteDeps): void =>
  registerRawBodyScope(app, ['multipart/form-data'], (scope) => {
    scope.post(
      '/api/v1/files/upload',
      {
        config: { action: 'files:write', rateClass: 'upload', bodyDeadlineMs: 0 },
        schema: { docs: uploadDocs, querystring: uploadQuery, response: { 201: uploadedFileSchema } },
      },
      async (request, reply) => {
        const { actor, headers } = request
        authorize(actor, 'files:write', {})
        const boundary = boundaryOf(headers['content-type'])
        const { group: groupId = null } = request.query
        if (groupId !== null) await requireGroup(deps.db.kysely, actor.organizationId, groupId)
        const visibility = await chooseVisibility(deps, actor.organizationId, request.query.visibility)
        const { body, replayed } = await receiveUpload(
          deps,
          actor,
          request,
          'POST /files/upload',
          ({ bytes, ...rest }) =>
            uploadFile(deps, actor, {
              parts: readMultipart(bytes, boundary, FORM_LIMITS),
              ...rest,
              visibility,
              groupId,
            }),
        )
        if (replayed) reply.header('idempotent-replay', 'true')
        return reply.code(UPLOADED).send(body)
      },
    )
  })
