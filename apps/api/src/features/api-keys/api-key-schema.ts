import type { Row } from '@packages/db/tables'
import { z } from 'zod'
import { DEFAULT_GRANTS, GRANTS } from '../../authorization/scopes.ts'

export const apiKeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().meta({ description: "The key's first characters, to tell it from others." }),
    scopes: z.array(z.enum(GRANTS)),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable().meta({ description: 'Written every few seconds.' }),
    uses: z.int(),
  })
  .meta({ id: 'ApiKey' })

export type ApiKey = z.infer<typeof apiKeySchema>

export const newApiKeySchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z
    .array(z.enum(GRANTS))
    .min(1)
    .max(GRANTS.length)
    .optional()
    .meta({
      description: `What the key may do, as far as its owner's role allows it; \`pins:*\` is all of pins. By default ${DEFAULT_GRANTS.join(', ')}.`,
    }),
  expiresAt: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'When the key stops working; never by default.', example: '2030-01-01T00:00:00Z' }),
})

export type NewApiKey = z.infer<typeof newApiKeySchema>

/** What callers see of a row; never its hash. */
export const presentApiKey = (row: Omit<Row<'api_keys'>, 'hash'>): ApiKey => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: GRANTS.filter((scope) => row.scopes.includes(scope)),
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  uses: row.uses,
})
