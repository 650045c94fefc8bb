import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { authorize } from '../../authorization/authorize.ts'
import { chooseVisibility, type ChooseVisibilityDeps } from '../../private/visibility.ts'
import { requireGroup } from '../../pinning/find-group.ts'
import { openDownload, type OpenDownloadDeps } from '../../open-requests/open-download.ts'
import { registerRawBodyScope } from '../../upload-body/raw-body-scope.ts'
import { type ReceiveUploadDeps, receiveUpload } from '../../upload-body/receive-upload.ts'
import { hashParams } from '../files/schemas.ts'
import { CAR_TYPE, carBody, FORM_TYPE } from './car-body.ts'
import { exportCarDocs, importCarDocs } from './docs.ts'
import { type ExportCarDeps, exportCar } from './export-car.ts'
import { type ImportCarDeps, importCar } from './import-car.ts'
import { deleteImport, getKeptImport, type KeptImportsDeps, listKeptImports } from './kept-imports.ts'
import {
  exportCarQuery,
  importCarQuery,
  importedCarSchema,
  importParams,
  incompleteCarSchema,
  keptImportListQuery,
  keptImportListSchema,
  keptImportSchema,
} from './schemas.ts'
import { importPrivateCar, type ImportPrivateCarDeps } from './import-private-car.ts'
import { sendCar } from './send-car.ts'

export type CarsDeps = ImportCarDeps &
  ImportPrivateCarDeps &
  ExportCarDeps &
  KeptImportsDeps &
  ReceiveUploadDeps &
  ChooseVisibilityDeps &
  OpenDownloadDeps

/** CARs in and out, and imports that wait for more blocks. */
export const registerCarsRoutes = (app: ApiInstance, deps: CarsDeps): void => {
  registerRawBodyScope(app, [CAR_TYPE, FORM_TYPE], (scope) => {
    scope.post(
      '/api/v1/files/car',
      {
        config: { action: 'files:write', rateClass: 'upload', bodyDeadlineMs: 0 },
        schema: {
          docs: importCarDocs,
          querystring: importCarQuery,
          response: { 201: importedCarSchema, 202: incompleteCarSchema },
        },
      },
      async (request, reply) => {
        const { actor, headers, query } = request
        authorize(actor, 'files:write', {})
        if (query.group !== undefined) await requireGroup(deps.db.kysely, actor.organizationId, query.group)
        const visibility = await chooseVisibility(deps, actor.organizationId, query.visibility)
        const imported = await receiveUpload(deps, actor, request, 'POST /files/car', ({ bytes, ...rest }) =>
          (visibility === 'public' ? importCar : importPrivateCar)(deps, actor, {
            body: carBody(headers['content-type'], bytes),
            query,
            ...rest,
          }),
        )
        if (imported.replayed) reply.header('idempotent-replay', 'true')
        return imported.status === 201 ? reply.code(201).send(imported.body) : reply.code(202).send(imported.body)
      },
    )
  })

  app.get(
    '/api/v1/files/:hash/car',
    {
      config: { action: 'files:read', rateClass: 'download' },
      schema: {
        docs: exportCarDocs,
        params: hashParams,
        querystring: exportCarQuery,
        response: { 200: z.undefined(), 304: z.undefined().describe('The tag is still right.') },
      },
    },
    async (request, reply) => {
      const signal = openDownload(deps, request, reply)
      const { hash } = request.params
      const car = await exportCar(deps, request.actor, { hash, path: request.query.path, signal })
      if (request.headers['if-none-match']?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === car.etag))
        return reply.code(304).header('etag', car.etag).send()
      return sendCar(reply, car)
    },
  )

  app.get(
    '/api/v1/imports',
    {
      config: { action: 'files:read' },
      schema: {
        docs: {
          operationId: 'listImports',
          tag: 'Files',
          summary: 'List imports that lack blocks, newest first',
          errors: ['invalid_request', 'invalid_cursor'],
        },
        querystring: keptImportListQuery,
        response: { 200: keptImportListSchema },
      },
    },
    (request) => listKeptImports(deps, request.actor, request.query),
  )

  app.get(
    '/api/v1/imports/:id',
    {
      config: { action: 'files:read' },
      schema: {
        docs: {
          operationId: 'getImport',
          tag: 'Files',
          summary: 'An import that lacks blocks',
          errors: ['invalid_request', 'not_found'],
        },
        params: importParams,
        response: { 200: keptImportSchema },
      },
    },
    (request) => getKeptImport(deps, request.actor, request.params.id),
  )

  app.delete(
    '/api/v1/imports/:id',
    {
      config: { action: 'files:write' },
      schema: {
        docs: {
          operationId: 'deleteImport',
          tag: 'Files',
          summary: 'Delete an import that lacks blocks',
          description: 'Its blocks are given back, and count for the quota no more.',
          errors: ['invalid_request', 'not_found'],
        },
        params: importParams,
        response: { 204: z.undefined().describe('Deleted.') },
      },
    },
    async (request, reply) => {
      await deleteImport(deps, request.actor, request.params.id)
      return reply.code(204).send()
    },
  )
}
