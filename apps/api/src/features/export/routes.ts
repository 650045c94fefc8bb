import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { authorize } from '../../authorization/authorize.ts'
import { openDownload, type OpenDownloadDeps } from '../../open-requests/open-download.ts'
import { registerRawBodyScope } from '../../upload-body/raw-body-scope.ts'
import { type ReceiveUploadDeps, receiveUpload } from '../../upload-body/receive-upload.ts'
import { exportAccount, type ExportArchiveDeps, exportOrganization } from './export-archive.ts'
import { importArchive, type ImportArchiveDeps } from './import-archive.ts'

export type ExportDeps = ExportArchiveDeps & OpenDownloadDeps
export type ImportArchiveRouteDeps = ImportArchiveDeps & ReceiveUploadDeps

const tag = 'Data protection'
const TAR = 'application/x-tar'
const params = z.object({ organizationId: z.string() })
const ARCHIVE = { 200: { description: 'A tar.', content: { [TAR]: { schema: { type: 'string', format: 'binary' } } } } }
const FORMAT =
  '`export.json`, then `tables/…​.jsonl` (rows without secrets, one a line), then what was pinned: `contents/<cid>.jsonl` (names and metadata) and `contents/<cid>.car`. Private files follow, decrypted: `private/<id>.jsonl` and `private/<id>.car`; keep the archive as you would keep the files. What cannot be read, for its bytes are damaged, is left out and told in `missing/…​.jsonl`. The last file, `end.json`, says how many that are and whether the archive is `whole`; without it something was cut off: an export that cannot go on cuts the connection.'

const sendTar = (
  deps: OpenDownloadDeps,
  [request, reply]: [FastifyRequest, FastifyReply],
  name: string,
  bytes: (signal: AbortSignal) => AsyncGenerator<Uint8Array>,
) => {
  const signal = openDownload(deps, request, reply)
  return reply
    .type(TAR)
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${name}.tar"`)
    .send(Readable.from(bytes(signal), { objectMode: false }))
}

/** All that is stored of a user or an organization, as one archive. */
export const registerExportRoutes = (app: ApiInstance, deps: ExportDeps): void => {
  app.get(
    '/api/v1/account/export',
    {
      config: { action: 'account:export', rateClass: 'expensive', audit: 'reads' },
      schema: {
        docs: {
          operationId: 'exportAccount',
          tag,
          summary: 'All that is stored about me',
          description: `What an organization holds is exported by its owner. ${FORMAT}`,
          errors: ['forbidden'],
          responses: ARCHIVE,
        },
        response: { 200: z.undefined() },
      },
    },
    (request, reply) => {
      const actor = actorOf(request)
      return sendTar(deps, [request, reply], 'account', (signal) => exportAccount(deps, actor, signal))
    },
  )

  app.get(
    '/api/v1/organizations/:organizationId/export',
    {
      config: { action: 'organization:export', rateClass: 'expensive', audit: 'reads' },
      schema: {
        docs: {
          operationId: 'exportOrganization',
          tag,
          summary: 'All of an organization, with its content',
          description: FORMAT,
          errors: ['forbidden', 'not_found'],
          responses: ARCHIVE,
        },
        params,
        response: { 200: z.undefined() },
      },
    },
    (request, reply) => {
      const [actor, { organizationId }] = [actorOf(request), request.params]
      return sendTar(deps, [request, reply], 'organization', (signal) =>
        exportOrganization(deps, actor, organizationId, signal),
      )
    },
  )
}

const importedSchema = z
  .object({
    pins: z.number(),
    files: z.number(),
    contents: z.number(),
    present: z.number().meta({ description: 'Passed over: the organization has them under the same names.' }),
  })
  .meta({ id: 'ImportedArchive' })

/** An exported organization's content, into another one. */
export const registerImportArchiveRoutes = (app: ApiInstance, deps: ImportArchiveRouteDeps): void => {
  registerRawBodyScope(app, [TAR], (scope) => {
    scope.post(
      '/api/v1/organizations/:organizationId/import',
      {
        config: { action: 'organization:import', rateClass: 'upload', bodyDeadlineMs: 0 },
        schema: {
          docs: {
            operationId: 'importOrganization',
            tag,
            summary: 'Take the content of an exported organization in',
            description:
              'CIDs, names, content types, metadata and visibility are as they were; ids and times are new. Members, keys and settings are not taken over. What is there already is passed over: one that broke off may be sent again.',
            idempotent: false,
            errors: [
              'forbidden',
              'not_found',
              'invalid_request',
              'invalid_car',
              'incomplete_dag',
              'not_in_private',
              'content_denied',
              'quota_exceeded',
            ],
            requestBody: { content: { [TAR]: { schema: { type: 'string', format: 'binary' } } } },
          },
          params,
          response: { 200: importedSchema },
        },
      },
      (request) => {
        const [actor, { organizationId }] = [actorOf(request), request.params]
        authorize(actor, 'organization:import', { organizationId })
        return receiveUpload(deps, actor, request, 'POST /organizations/import', (body) =>
          importArchive(deps, actor, organizationId, body),
        )
      },
    )
  })
}
