import type { ApiInstance } from '../../api-instance.ts'
import { changeVisibility, type ChangeVisibilityDeps } from './change-visibility.ts'
import { type DeleteFilesDeps, deleteFiles } from './delete-files.ts'
import { getFiles, type ListFilesDeps, listFiles } from './list-files.ts'
import {
  deletedFilesSchema,
  fileHashQuery,
  fileListQuery,
  fileListSchema,
  fileParams,
  hashParams,
  newVisibilitySchema,
  uploadedFileSchema,
} from './schemas.ts'
import { registerUploadRoute, type UploadRouteDeps } from './upload-route.ts'

export type FilesDeps = UploadRouteDeps & ListFilesDeps & DeleteFilesDeps & ChangeVisibilityDeps

/** `/api/v1/files`: upload, list, look up by CID or id, delete. */
export const registerFilesRoutes = (app: ApiInstance, deps: FilesDeps): void => {
  registerUploadRoute(app, deps)

  app.get(
    '/api/v1/files',
    {
      config: { action: 'files:read', rateClass: 'list' },
      schema: {
        docs: {
          operationId: 'listFiles',
          tag: 'Files',
          summary: 'List files, newest first',
          description:
            'Pages stay true while files come in: new ones are before the first page, never between two pages.',
          errors: ['invalid_request', 'invalid_cursor', 'invalid_cid', 'unsupported_cid', 'not_found'],
        },
        querystring: fileListQuery,
        response: { 200: fileListSchema },
      },
    },
    (request) => listFiles(deps, request.actor, request.query),
  )

  app.get(
    '/api/v1/files/:hash',
    {
      config: { action: 'files:read' },
      schema: {
        docs: {
          operationId: 'getFiles',
          tag: 'Files',
          summary: 'Files of a CID, or the one of an id',
          errors: ['invalid_request', 'invalid_cursor', 'invalid_cid', 'unsupported_cid', 'not_found'],
        },
        params: hashParams,
        querystring: fileHashQuery,
        response: { 200: fileListSchema },
      },
    },
    (request) => getFiles(deps, request.actor, request.params.hash, request.query),
  )

  app.put(
    '/api/v1/files/:hash/visibility',
    {
      config: { action: 'files:write', rateClass: 'upload' },
      schema: {
        docs: {
          operationId: 'changeVisibility',
          tag: 'Files',
          summary: 'Make a private file public',
          description:
            'Its CID and id stay, its links end. Everybody can read it from then on, and take copies that nobody can recall: so a public file cannot become private.',
          errors: ['not_found', 'public_is_final', 'conflict', 'quota_exceeded', 'insufficient_storage'],
          example: { visibility: 'public' },
        },
        params: fileParams,
        body: newVisibilitySchema,
        response: { 200: uploadedFileSchema },
      },
    },
    async (request, reply) => {
      const { hash: fileId } = request.params
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      return changeVisibility(deps, request.actor, { fileId, ...request.body, signal: gone.signal })
    },
  )

  app.delete(
    '/api/v1/files/:hash',
    {
      config: { action: 'files:write' },
      schema: {
        docs: {
          operationId: 'deleteFiles',
          tag: 'Files',
          summary: 'Delete all files of a CID, or the one of an id',
          description:
            'Their pins go with them. Content that nobody else pins is gone from the store and the gateways.',
          errors: ['invalid_cid', 'unsupported_cid', 'not_found'],
          responses: {
            200: { description: 'Deleted; no gateway serves them any more.' },
            202: { description: 'Deleted; some gateway or the store follows in a moment.' },
          },
        },
        params: hashParams,
        response: { 200: deletedFilesSchema, 202: deletedFilesSchema },
      },
    },
    async (request, reply) => {
      const { deleted, followed } = await deleteFiles(deps, request.actor, request.params.hash)
      return reply.code(followed ? 200 : 202).send({ deleted })
    },
  )
}
