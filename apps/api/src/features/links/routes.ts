import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import { idempotent } from '../../plugins/idempotency/idempotent.ts'
import { cursorQuery, pageLimit } from '../../values/query-values.ts'
import { createLink, type CreateLinkDeps } from './create-link.ts'
import { listLinks, type ListLinksDeps } from './list-links.ts'
import { revokeLink, type RevokeLinkDeps } from './revoke-link.ts'
import { linkSchema, linkShownOnceSchema, newLinkSchema } from './schemas.ts'

export type LinksDeps = CreateLinkDeps & ListLinksDeps & RevokeLinkDeps & { idempotency: Idempotency }

const fileParams = z.object({ hash: z.string().describe("The file's id.") })

/** `/api/v1/files/:id/links`: who holds a link reads the file at the gateway, without an account. */
export const registerLinksRoutes = (app: ApiInstance, deps: LinksDeps): void => {
  app.post(
    '/api/v1/files/:hash/links',
    {
      config: { action: 'links:write' },
      schema: {
        docs: {
          operationId: 'createLink',
          tag: 'Files',
          summary: 'Make a link to a file',
          description:
            'Who has it reads the file at the gateway until it expires, is revoked, or has been used as often as it may be. The answer is the only place where the token is shown.',
          errors: ['forbidden', 'not_found', 'quota_exceeded', 'already_completed'],
          example: { expiresInSeconds: 86_400, maxDownloads: 3 },
        },
        params: fileParams,
        body: newLinkSchema,
        response: { 201: linkShownOnceSchema },
      },
    },
    (request, reply) => {
      const actor = actorOf(request)
      const { organizationId } = actor
      const fileId = request.params.hash
      const options = {
        route: `POST /files/${fileId}/links`,
        scope: organizationId,
        authorize: () => authorize(actor, 'links:write', { organizationId }),
      }
      return idempotent(deps.idempotency, request, reply, options, async (record) =>
        reply.code(201).send(await createLink(deps, actor, { fileId, ...request.body }, record)),
      )
    },
  )

  app.get(
    '/api/v1/files/:hash/links',
    {
      config: { action: 'links:read', rateClass: 'list' },
      schema: {
        docs: {
          operationId: 'listLinks',
          tag: 'Files',
          summary: 'List the working links of a file, newest first',
          errors: ['forbidden', 'not_found', 'invalid_cursor'],
        },
        params: fileParams,
        querystring: z.strictObject({
          limit: pageLimit(100, 50),
          cursor: cursorQuery,
        }),
        response: {
          200: z.object({ links: z.array(linkSchema), nextCursor: z.string().nullable() }).meta({ id: 'LinkPage' }),
        },
      },
    },
    (request) => listLinks(deps, actorOf(request), { fileId: request.params.hash, ...request.query }),
  )

  app.delete(
    '/api/v1/files/:hash/links/:linkId',
    {
      config: { action: 'links:write' },
      schema: {
        docs: {
          operationId: 'revokeLink',
          tag: 'Files',
          summary: 'Revoke a link',
          description: 'It opens nothing any more, and downloads under way are cut.',
          errors: ['forbidden', 'not_found'],
        },
        params: fileParams.extend({ linkId: z.string() }),
        response: {
          204: z.undefined().describe('Revoked, and every gateway knows.'),
          202: z.undefined().describe('Revoked; some gateway cuts what is under way in a moment.'),
        },
      },
    },
    async (request, reply) => {
      const { hash: fileId, linkId } = request.params
      const heard = await revokeLink(deps, actorOf(request), { fileId, linkId })
      return reply.code(heard ? 204 : 202).send()
    },
  )
}
