import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { authorize } from '../../authorization/authorize.ts'
import { idempotent } from '../../plugins/idempotency/idempotent.ts'
import { getFiles, type ListFilesDeps } from '../files/list-files.ts'
import { uploadedFileSchema } from '../files/schemas.ts'
import { type CreateFolderDeps, createFolder } from './create-folder.ts'
import { type DeleteFolderDeps, deleteFolder } from './delete-folder.ts'
import {
  FOLDER_BODY_BYTES,
  folderEntriesQuery,
  folderEntriesSchema,
  folderParams,
  folderSchema,
  newFolderSchema,
} from './folder-schemas.ts'
import { getFolder, listFolderEntries, requireFolder } from './read-folder.ts'
import { uploadListQuery, uploadListSchema, uploadParams, uploadSchema } from './schemas.ts'
import { registerTusRoutes, type TusDeps } from './tus-routes.ts'
import { UPLOADS_PATH } from './upload-id.ts'
import { getUpload, listUploads } from './upload-status.ts'
import type { UploadWork } from './upload-work.ts'
import { z } from 'zod'

export type UploadsDeps = Omit<TusDeps, 'work'> &
  Omit<CreateFolderDeps, 'work'> &
  Omit<DeleteFolderDeps, 'work'> &
  ListFilesDeps & { work: UploadWork }

const FOLDERS_PATH = `${UPLOADS_PATH}/folders`
const FOLDER_PATH = `${FOLDERS_PATH}/:folder`
/** A manifest of 32 MiB over a slow line. */
const FOLDER_BODY_DEADLINE_MS = 10 * 60_000

/** `/api/v1/uploads`: resumable uploads by tus, what they are at, and folders of them. */
export const registerUploadsRoutes = (app: ApiInstance, deps: UploadsDeps): void => {
  registerTusRoutes(app, deps)

  app.get(
    UPLOADS_PATH,
    {
      exposeHeadRoute: false,
      config: { action: 'files:read' },
      schema: {
        docs: {
          operationId: 'listUploads',
          tag: 'Uploads',
          summary: 'List unfinished uploads, newest first',
          errors: ['invalid_cursor'],
        },
        querystring: uploadListQuery,
        response: { 200: uploadListSchema },
      },
    },
    (request) => listUploads(deps, request.actor, request.query),
  )

  app.get(
    `${UPLOADS_PATH}/:upload`,
    {
      exposeHeadRoute: false,
      config: { action: 'files:read' },
      schema: {
        docs: {
          operationId: 'getUpload',
          tag: 'Uploads',
          summary: 'What an upload is at, and what came of it',
          description: 'Also for a client that lost the reply to its last bytes: `file` and `cid` are told for 7 days.',
          errors: ['not_found', 'upload_gone'],
        },
        params: uploadParams,
        response: { 200: uploadSchema },
      },
    },
    (request) => getUpload(deps, request.actor, request.params.upload),
  )
  registerFolderRoutes(app, deps)
}

const registerFolderRoutes = (app: ApiInstance, deps: UploadsDeps): void => {
  app.post(
    FOLDERS_PATH,
    {
      bodyLimit: FOLDER_BODY_BYTES,
      config: { action: 'files:write', rateClass: 'upload', bodyDeadlineMs: FOLDER_BODY_DEADLINE_MS },
      schema: {
        docs: {
          operationId: 'createUploadFolder',
          tag: 'Uploads',
          summary: 'Begin a folder that is uploaded file by file',
          description:
            'Says what the folder will hold. Each file with bytes is then a tus upload whose metadata has `folder` and `path`; files of no bytes need none.',
          errors: [
            'invalid_name',
            'invalid_path',
            'invalid_metadata',
            'insufficient_storage',
            'quota_exceeded',
            'payload_too_large',
            'not_found',
          ],
          example: { name: 'photos', entries: [{ path: 'photos/a.jpg', size: 123_456 }] },
        },
        body: newFolderSchema,
        response: { 201: z.object({ id: z.string() }).meta({ id: 'CreatedUploadFolder' }) },
      },
    },
    (request, reply) => {
      const options = {
        route: 'POST /uploads/folders',
        scope: actorOf(request).organizationId,
        authorize: () => authorize(request.actor, 'files:write'),
      }
      return idempotent(deps.idempotency, request, reply, options, async (record) =>
        reply.code(201).send(await createFolder(deps, request.actor, request.body, record)),
      )
    },
  )

  app.get(
    FOLDER_PATH,
    {
      config: { action: 'files:read' },
      schema: {
        docs: {
          operationId: 'getUploadFolder',
          tag: 'Uploads',
          summary: 'How much of a folder is there',
          errors: ['not_found', 'upload_gone'],
        },
        params: folderParams,
        response: { 200: folderSchema },
      },
    },
    (request) => getFolder(deps, request.actor, request.params.folder),
  )

  app.get(
    `${FOLDER_PATH}/entries`,
    {
      config: { action: 'files:read' },
      schema: {
        docs: {
          operationId: 'listUploadFolderEntries',
          tag: 'Uploads',
          summary: 'Entries of a folder and their state, in the order of their paths',
          description: 'With `state=missing` what a client that resumes has to send: from `offset` on, at `upload`.',
          errors: ['not_found', 'upload_gone', 'invalid_cursor'],
        },
        params: folderParams,
        querystring: folderEntriesQuery,
        response: { 200: folderEntriesSchema },
      },
    },
    (request) => listFolderEntries(deps, request.actor, request.params.folder, request.query),
  )

  app.post(
    `${FOLDER_PATH}/complete`,
    {
      config: { action: 'files:write', rateClass: 'upload' },
      schema: {
        docs: {
          operationId: 'completeUploadFolder',
          tag: 'Uploads',
          summary: 'Make a folder whose files are all there into one CID',
          description: 'A repeat, with or without `Idempotency-Key`, gets the same file. `errors` names missing files.',
          errors: ['not_found', 'upload_gone', 'conflict', 'insufficient_storage', 'quota_exceeded', 'unavailable'],
        },
        params: folderParams,
        response: { 201: uploadedFileSchema },
      },
    },
    async (request, reply) => {
      const { actor } = request
      authorize(actor, 'files:write')
      const folder = await requireFolder(deps, actor, request.params.folder)
      const { fileId } = await deps.work.complete(folder.id)
      const reader = { ...actor, scopes: 'all' as const }
      const [file] = (await getFiles(deps, reader, fileId, { limit: 1 })).files
      if (file === undefined) throw new Error('a file vanished while it was made')
      const { pin, ...shown } = file
      return reply.code(201).send({ file: shown, pin })
    },
  )

  app.delete(
    FOLDER_PATH,
    {
      config: { action: 'files:write' },
      schema: {
        docs: {
          operationId: 'deleteUploadFolder',
          tag: 'Uploads',
          summary: 'Give a folder up',
          errors: ['not_found', 'upload_gone', 'conflict'],
          responses: { 204: { description: 'Its staged bytes are gone. A file that was made of it stays.' } },
        },
        params: folderParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteFolder(deps, request.actor, request.params.folder)
      return reply.code(204).send()
    },
  )
}
