import type { Row } from '@packages/db/tables'
import { z } from 'zod'
import { DEFAULT_GRANTS, GRANTS } from '../../authorization/scopes.ts'
import { isAddressRange } from '../../plugins/authenticate/address-list.ts'

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
    maxUses: z.int().nullable(),
    allowedAddresses: z.array(z.string()),
    rotatedAt: z.iso.datetime().nullable(),
    previousExpiresAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'Until then the secret before the last works.' }),
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
  maxUses: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .optional()
    .meta({ description: 'How many requests it is good for, exactly; any number by default.' }),
  allowedAddresses: z
    .array(z.string().max(64).refine(isAddressRange, { error: 'is no address and no CIDR block' }))
    .max(100)
    .optional()
    .meta({
      description: 'Addresses and CIDR blocks that it works from; anywhere by default.',
      example: ['192.0.2.0/24'],
    }),
})

const MAX_GRACE_SECONDS = 7 * 24 * 3600

export const rotationSchema = z.strictObject({
  graceSeconds: z
    .int()
    .min(0)
    .max(MAX_GRACE_SECONDS)
    .default(0)
    .meta({ description: 'How long the secret until now works on: up to 7 days.' }),
})

export type NewApiKey = z.infer<typeof newApiKeySchema>

/** What callers see of a row; never its hash. */
export const presentApiKey = (row: Omit<Row<'api_keys'>, 'hash' | 'previous_hash'>): ApiKey => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: GRANTS.filter((scope) => row.scopes.includes(scope)),
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  uses: row.uses,
  maxUses: row.max_uses,
  allowedAddresses: row.allowed_addresses,
  rotatedAt: row.rotated_at?.toISOString() ?? null,
  previousExpiresAt: row.previous_expires_at?.toISOString() ?? null,
})
