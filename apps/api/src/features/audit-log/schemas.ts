import { z } from 'zod'
import { exactTimeQuery, pageLimit } from '../../values/query-values.ts'

export const auditFilterSchema = z.strictObject({
  from: exactTimeQuery.optional().meta({ description: 'Rows of this time or later.' }),
  to: exactTimeQuery.optional().meta({ description: 'Rows before this time.' }),
  action: z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'One action, such as `file.uploaded` or `deleteFiles`.', example: 'api-key.created' }),
  actor: z.uuid().optional().meta({ description: "An actor's pseudonym, or the id of a user." }),
})

export type AuditFilter = z.infer<typeof auditFilterSchema>

export const auditPageQuerySchema = auditFilterSchema.extend({
  limit: pageLimit(500, 100),
  cursor: z.string().max(200).optional(),
})

export const auditRowSchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime().meta({ description: 'With microseconds.' }),
    actor: z.string().nullable().meta({ description: 'A pseudonym: the same for all that one user does.' }),
    userId: z.string().nullable().meta({ description: 'Whose pseudonym it is; null once the user is erased.' }),
    credential: z.enum(['session', 'api-key', 'none', 'command-line', 'platform']),
    organizationId: z.string().nullable(),
    action: z.string(),
    resource: z.object({ kind: z.string(), id: z.string().nullable() }),
    result: z.enum(['allowed', 'refused']),
    code: z.string().nullable().meta({ description: 'Why it was refused: a code of the error catalogue.' }),
    status: z.number().nullable(),
    repeats: z.number().meta({ description: 'How many equal refusals this row stands for.' }),
    requestId: z.string().nullable(),
    address: z.string().nullable().meta({ description: 'Null once the user is erased.' }),
    userAgent: z.string().nullable(),
    seq: z.number().nullable().meta({ description: 'Place in the hash chain; null for some seconds.' }),
    hash: z.string().nullable().meta({ description: 'SHA-256 over the hash before and this row, in hex.' }),
  })
  .meta({ id: 'AuditRow' })

export const auditPageSchema = z
  .object({ rows: z.array(auditRowSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'AuditPage' })

export type AuditRow = z.infer<typeof auditRowSchema>
