import { Readable } from 'node:stream'
import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { openDownload, type OpenDownloadDeps } from '../../open-requests/open-download.ts'
import { exportAuditLog, type ExportAuditLogDeps } from './export-audit-log.ts'
import { listAuditLog, type ListAuditLogDeps } from './list-audit-log.ts'
import { auditFilterSchema, auditPageQuerySchema, auditPageSchema } from './schemas.ts'

export type AuditLogDeps = ListAuditLogDeps & ExportAuditLogDeps & OpenDownloadDeps

const JSON_LINES = 'application/x-ndjson'

/** `/api/v1/audit-log`: who did what in the organization. Reading it is audited too. */
export const registerAuditLogRoutes = (app: ApiInstance, deps: AuditLogDeps): void => {
  app.get(
    '/api/v1/audit-log',
    {
      config: { action: 'audit-log:read', audit: 'reads' },
      schema: {
        docs: {
          operationId: 'listAuditLog',
          tag: 'Audit log',
          summary: 'List who did what, newest first',
          description: 'For owners and admins of the organization, signed in.',
          errors: ['forbidden', 'invalid_cursor'],
        },
        querystring: auditPageQuerySchema,
        response: { 200: auditPageSchema },
      },
    },
    (request) => listAuditLog(deps, actorOf(request), request.query),
  )

  app.get(
    '/api/v1/audit-log/export',
    {
      config: { action: 'audit-log:read', audit: 'reads' },
      schema: {
        docs: {
          operationId: 'exportAuditLog',
          tag: 'Audit log',
          summary: 'All rows as JSON lines, oldest first',
          description:
            'One `AuditRow` a line. An export that cannot go on cuts the connection, so that it does not look whole.',
          errors: ['forbidden'],
          responses: { 200: { description: 'The rows.', content: { [JSON_LINES]: { schema: { type: 'string' } } } } },
        },
        querystring: auditFilterSchema,
        response: { 200: z.undefined() },
      },
    },
    (request, reply) => {
      const signal = openDownload(deps, request, reply)
      const lines = exportAuditLog(deps, actorOf(request), request.query, signal)
      return reply
        .type(JSON_LINES)
        .header('cache-control', 'no-store')
        .header('content-disposition', 'attachment; filename="audit-log.jsonl"')
        .send(Readable.from(lines, { objectMode: false }))
    },
  )
}
